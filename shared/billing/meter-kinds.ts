/**
 * The kinds of meter: how the events of a period become the counter, and all that follows from it. A new kind is a module in
 * `meter-kinds/` and its line here; the enumerations of the contract and of the catalog files are made of these names.
 */
import { type Draws, meterDraws } from './meter-draws.ts'
import { gauge } from './meter-kinds/gauge.ts'
import type { MeterKind } from './meter-kinds/meter-kind.ts'
import { peakDaily } from './meter-kinds/peak-daily.ts'
import { ratePerMinute } from './meter-kinds/rate-per-minute.ts'
import { sum } from './meter-kinds/sum.ts'
import { uniqueKey } from './meter-kinds/unique-key.ts'

const kinds = { sum, gauge, peak_daily: peakDaily, unique_key: uniqueKey, rate_per_minute: ratePerMinute } satisfies Readonly<Record<string, MeterKind>>

/** The name of a kind, as catalogs and the wire write it. */
export type Aggregation = keyof typeof kinds

export const meterKinds: Readonly<Record<Aggregation, MeterKind>> = kinds
export const aggregations = Object.keys(kinds) as readonly Aggregation[]

/** The kind of a meter whose platform does not say: an older one, which adds up. */
export const UNSAID_AGGREGATION: Aggregation = 'sum'

export function meterKindOf({ aggregation }: { readonly aggregation: Aggregation }): MeterKind {
  return meterKinds[aggregation]
}

/** How a meter's counter goes: as its kind's does, but what goes again when it is deleted, closed or revoked never only adds up. */
export function courseOf({ aggregation, draws }: { readonly aggregation: Aggregation; readonly draws: Draws }): MeterKind['course'] {
  const { course } = meterKinds[aggregation]
  return course === 'flow' && meterDraws[draws].goesAgain ? 'level' : course
}

/** Until when somebody who does nothing waits for room: what is counted anew has it again, what goes on never has. */
export function roomComesAgain({
  aggregation,
  period,
}: {
  readonly aggregation: Aggregation
  readonly period: 'monthly' | 'total'
}): 'minute' | 'period' | null {
  if (meterKinds[aggregation].window === 'minute') return 'minute'
  return period === 'monthly' ? 'period' : null
}

/** What makes room at once; null: what was used is used. */
export function freedBy({ aggregation, draws }: { readonly aggregation: Aggregation; readonly draws: Draws }): string | null {
  const { freedBy: words } = meterDraws[draws]
  // A count of things that are there, and no minute's rate.
  return words ?? (meterKinds[aggregation].takesChange ? 'delete what is no longer needed' : null)
}
