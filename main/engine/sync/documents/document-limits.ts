/** What may be large and is kept whole all the same (shared/contract/README.md, "Answers that may be wrong"). */
const KEPT_MAX_BYTES = 1024 * 1024
/** What there may be many of. */
const SMALL_MAX_BYTES = 64 * 1024
const SMALL_TOPICS: ReadonlySet<string> = new Set(['setting', 'audit_entry'])

/** The most that a document of this topic may weigh, as JSON; a larger one is left out, with words. */
export function maxBytesOf(topic: string): number {
  return SMALL_TOPICS.has(topic) ? SMALL_MAX_BYTES : KEPT_MAX_BYTES
}

/** Documents that are lists of things which stand for themselves: an odd one of them costs itself. Where parts make a sum, nothing may be left out. */
const LISTS: ReadonlySet<string> = new Set(['workspace', 'plan', 'plans', 'payment_methods'])

export function letsItemsGo(topic: string): boolean {
  return LISTS.has(topic)
}
