/**
 * What was typed into a search, as a query of SQLite's FTS5: every word must be there, as the beginning of a word of
 * the entry. Each word is quoted, so that nothing that a person types is taken for an operator.
 *
 * @param actorsNamed ids of the actors whose name has a word that begins so: an entry holds only their ids.
 * @returns null when nothing was typed.
 */
export function auditSearchQuery(typed: string, actorsNamed: (word: string) => readonly string[] = () => []): string | null {
  // A NUL would end the query in the middle of a quotation.
  const words = typed.split(/[\s\0]+/).filter((word) => word !== '')
  if (words.length === 0) return null
  // The index knows letters and digits: a lone sign would find nothing, and nothing with it.
  const known = words.filter((word) => /[\p{L}\p{N}\p{Co}]/u.test(word))
  if (known.length === 0) return FINDS_NOTHING
  return known
    .map((word) => {
      const actors = actorsNamed(word)
      return actors.length === 0 ? `${quoted(word)}*` : `(${quoted(word)}* OR ${actors.map((actor) => `actor : ${quoted(actor)}`).join(' OR ')})`
    })
    .join(' AND ')
}

/** The same, in the entries of one action only. Words that merely stand in the same order pass too: the action itself is still to be compared. */
export function withAction(query: string, action: string): string {
  return `action : ${quoted(action.replaceAll('\0', ' '))} AND ${query}`
}

const FINDS_NOTHING = '""'

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
