import type { Meter } from './catalog.ts'
import type { Limit } from './limit.ts'
import { meterDraws } from './meter-draws.ts'
import { admits } from './quota.ts'

/** A meter with its counter, as admission and release need it. */
export type MeterState = { readonly meter: Pick<Meter, 'id' | 'draws' | 'enforcement' | 'refusalStatus'>; readonly used: number; readonly limit: Limit }

export type Admission = {
  /** How many items, from the first on, are stored; every later one is refused. */
  readonly admittedCount: number
  readonly admittedBytes: number
  /** The meter that refused the first item that was not admitted; null when all were. */
  readonly refusedBy: MeterState | null
  /** What the admitted items draw on each meter, by meter id; meters that are not drawn on are left out. */
  readonly drawn: Readonly<Record<string, number>>
}

/**
 * Admits a push as a prefix: after the first refusal every later item is refused too. `sizesBytes` are the *new* items in
 * their order; duplicates, conflicts and malformed ones are decided before and draw on nothing. Where several meters
 * refuse the same item, 402 wins, then the order of the catalog. (shared/contract/README.md, "Push")
 */
export function admitPush(meters: readonly MeterState[], sizesBytes: readonly number[], { opensSession = false }: { opensSession?: boolean } = {}): Admission {
  let admittedCount = 0
  let admittedBytes = 0
  let refusedBy: MeterState | null = null
  for (const sizeBytes of sizesBytes) {
    refusedBy = refusingMeter(meters, drawsOfPush(admittedBytes + sizeBytes, opensSession))
    if (refusedBy !== null) break
    admittedCount += 1
    admittedBytes += sizeBytes
  }
  const drawn: Record<string, number> = {}
  if (admittedCount > 0) {
    const draws = drawsOfPush(admittedBytes, opensSession)
    for (const { meter } of meters) {
      const amount = draws(meter.draws)
      if (amount > 0) drawn[meter.id] = amount
    }
  }
  return { admittedCount, admittedBytes, refusedBy, drawn }
}

/** Of the meters that would refuse these draws: one that answers 402 before any other, then the first of the catalog. */
export function refusingMeter(meters: readonly MeterState[], drawOn: (draws: Meter['draws']) => number): MeterState | null {
  const refusing = meters.filter(({ meter, used, limit }) => !admits(meter, limit, used, drawOn(meter.draws)))
  return refusing.find(({ meter }) => meter.refusalStatus === 402) ?? refusing[0] ?? null
}

function drawsOfPush(bytes: number, opensSession: boolean): (draws: Meter['draws']) => number {
  return (draws) => meterDraws[draws].ofPush?.(bytes, 1, opensSession ? 1 : 0) ?? 0
}
