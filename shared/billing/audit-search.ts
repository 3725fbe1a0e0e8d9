/**
 * What was typed into a search, as a query of SQLite's FTS5: every word must be there, as the beginning of a word of
 * the entry. Each word is quoted, so that nothing that a person types is taken for an operator.
 *
 * @returns null when nothing was typed.
 */
export function auditSearchQuery(typed: string): string | null {
  // A NUL would end the query in the middle of a quotation.
  const words = typed.split(/[\s\0]+/).filter((word) => word !== '')
  return words.length === 0 ? null : words.map((word) => `${quoted(word)}*`).join(' ')
}

/** The same, in the entries of one action only. Words that merely stand in the same order pass too: the action itself is still to be compared. */
export function withAction(query: string, action: string): string {
  return `action : ${quoted(action.replaceAll('\0', ' '))} ${query}`
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
