import { limitFromWire, UNLIMITED } from '../../../../shared/billing/limit.ts'
import type { Meter } from '../../../../shared/billing/catalog.ts'
import { meterDraws } from '../../../../shared/billing/meter-draws.ts'
import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import type { MeterAhead } from '../../../../shared/contract/console/usage.ts'
import { foreseeMeters, type ForeseenInput, projectMeters } from './foreseen.ts'

/**
 * The meters whose limit is reached within the period as it is foreseen, the soonest first; and what follows then. One that is full
 * needs no past to be named. Seats that are all taken are what seats are for: they run out only beyond their limit.
 */
export function runsOut(input: ForeseenInput): MeterAhead[] {
  const { period, nowMs } = input
  const foreseen = foreseeMeters(input)
  const cents = new Map(projectMeters(foreseen, 0, period, nowMs).lines.map((line) => [line.meterId, line.cents]))
  return foreseen
    .flatMap(({ meter, counter, ahead }): MeterAhead[] => {
      const limit = limitFromWire(counter.limit)
      if (limit === UNLIMITED || limit === 0 || meterKindOf(meter).window === 'minute') return []
      if (meter.seats && counter.used <= limit) return []
      const at = counter.used >= limit ? nowMs : (ahead?.reachesLimitAtMs ?? null)
      if (at === null) return []
      const follows = whatFollows(meter)
      return [{ meter: meter.id, at, follows, beyondCents: follows === 'billed' ? `${cents.get(meter.id) ?? 0n}` : null }]
    })
    .toSorted((one, other) => one.at - other.at)
}

function whatFollows({ enforcement, draws, unitPrice }: Meter): MeterAhead['follows'] {
  if (enforcement === 'bill') return unitPrice === null ? 'told' : 'billed'
  if (enforcement === 'notify') return 'told'
  // What a push draws on is what the queue waits for.
  return meterDraws[draws].ofPush === null ? 'refused' : 'held'
}
