import type { Meter } from '../../../shared/contract/console.ts'
import type { MeterAhead } from '../../../shared/contract/console/usage.ts'
import { format } from '../../base/format/format.ts'
import { overviewTexts } from './texts.ts'

const words = overviewTexts.ahead

/** "About Dec 10: $3.14 beyond the plan", "About Dec 10, then writes are held". Pure. @param isFull there is no room left now */
export function aheadWords({ at, follows, beyondCents }: MeterAhead, isFull: boolean, currency: string): string {
  const beyond = beyondCents === null || BigInt(beyondCents) === 0n ? null : format.money(BigInt(beyondCents), currency)
  if (beyond !== null) return isFull ? words.fullBeyond(beyond) : words.beyond(format.utcDay(at), beyond)
  return isFull ? words.full[follows] : words.after(format.utcDay(at), words.follows[follows])
}

/** The answer to "what runs out first?" in one line: "LLM tokens, about Dec 10: $3.14 beyond the plan". Null: nothing does, as far as is foreseen. */
export function firstWords(sorted: readonly Meter[], ahead: ReadonlyMap<string, string>): string | null {
  const first = sorted.find(({ id }) => ahead.has(id))
  if (first === undefined) return null
  const text = ahead.get(first.id) ?? ''
  return `${first.name}, ${text.charAt(0).toLowerCase()}${text.slice(1)}`
}

/** There is no room left: it was used, or what waits does not fit. */
export function isFull({ used, limit, heldCount }: Pick<Meter, 'used' | 'limit' | 'heldCount'>): boolean {
  return limit !== null && (used >= limit || heldCount > 0)
}
