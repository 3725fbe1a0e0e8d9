import type { Meter } from '../../../shared/contract/console.ts'

const severity: Record<NonNullable<Meter['level']>, number> = { over: 3, red: 2, amber: 1, green: 0, normal: 0 }

/** What needs a look before what does not: held writes, then the colour, then how full it is. Pure. */
export function worstFirst(meters: readonly Meter[]): Meter[] {
  return meters.toSorted((one, other) => {
    if (one.heldCount > 0 !== other.heldCount > 0) return one.heldCount > 0 ? -1 : 1
    const byLevel = (other.level === null ? -1 : severity[other.level]) - (one.level === null ? -1 : severity[one.level])
    return byLevel === 0 ? (other.percent ?? -1) - (one.percent ?? -1) : byLevel
  })
}
