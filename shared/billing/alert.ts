/** A threshold on any measure that only grows within a period: use, or spending. `at` is in that measure's unit. */
export type Threshold = {
  readonly id: string
  readonly at: number
  /** False: it fires above the bound, not on it. (seed: analytics, "Exceeds plan limit") */
  readonly inclusive: boolean
  readonly channels: readonly string[]
}

/** One notification that names every threshold of one jump, from low to high, on the union of their channels. */
export type AlertNotification<T extends Threshold = Threshold> = { readonly thresholds: readonly T[]; readonly channels: readonly string[] }

/**
 * The notification for a measure that went from `before` to `after`; null when no threshold was crossed. `fired` holds the ids
 * that already fired in this period: each fires once per period, also when a raised limit let the measure fall back.
 * (shared/contract/README.md, "Colours and alerts")
 */
export function crossedThresholds<T extends Threshold>(
  thresholds: readonly T[],
  before: number,
  after: number,
  fired: ReadonlySet<string> = new Set(),
): AlertNotification<T> | null {
  const crossed = thresholds
    .filter((threshold) => !fired.has(threshold.id) && !isCrossed(threshold, before) && isCrossed(threshold, after))
    .toSorted((one, other) => one.at - other.at)
  if (crossed.length === 0) return null
  return { thresholds: crossed, channels: [...new Set(crossed.flatMap(({ channels }) => channels))] }
}

/** A threshold in percent of a limit, as one in the meter's unit. `limit` is not 0 and not unlimited. */
export function thresholdOfLimit(threshold: Omit<Threshold, 'at'> & { percent: number }, limit: number): Threshold {
  const { percent, ...rest } = threshold
  return { ...rest, at: (limit * percent) / 100 }
}

function isCrossed({ at, inclusive }: Threshold, value: number): boolean {
  return inclusive ? value >= at : value > at
}
