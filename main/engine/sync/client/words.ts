/** Words for people come from the platform, as long as it likes (shared/contract/README.md, "Answers that may be wrong"). */
export const WORDS_MAX_LETTERS = 500
const WORD_FIELDS = ['message', 'reason', '_suggestion']

/** At most `letters` letters; what was cut ends with an ellipsis. A letter of two code units is never cut in half. */
export function cutLetters(text: string, letters: number = WORDS_MAX_LETTERS): string {
  if (text.length <= letters) return text
  const head = Array.from(text.slice(0, letters * 2))
  return head.length <= letters && text.length <= letters * 2 ? text : `${head.slice(0, letters - 1).join('')}…`
}

/**
 * Cuts the words of an answer where they stand: beside its own code, and in each item of its lists (`results`, `refused` …). What lies
 * deeper is what a platform keeps, not what it says: it is left as it is, since an audit entry's hash covers every letter.
 */
export function cutWords(answer: unknown): void {
  if (!isRecord(answer)) return
  cutOwnWords(answer)
  for (const list of Object.values(answer)) {
    if (!Array.isArray(list)) continue
    for (const item of list) if (isRecord(item)) cutOwnWords(item)
  }
}

function cutOwnWords(item: Record<string, unknown>): void {
  for (const field of WORD_FIELDS) {
    const words = item[field]
    if (typeof words === 'string' && words.length > WORDS_MAX_LETTERS) item[field] = cutLetters(words)
  }
}

/** Names are cut where they are shown: a workspace, a member, a plan, a meter has a name that fits on a screen. */
export const NAME_MAX_LETTERS = 200
const NAME_FIELD = /(?:^|_)name$/

/** The same with every `name` in it cut. What has none that is too long is answered as it is. */
export function withShortNames<T>(value: T): T {
  return shortened(value) as T
}

function shortened(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(shortened)
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    typeof inner === 'string' ? (NAME_FIELD.test(key) ? cutLetters(inner, NAME_MAX_LETTERS) : inner) : shortened(inner),
  ])
  return entries.some(([key, inner]) => inner !== value[key]) ? Object.fromEntries(entries) : value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
