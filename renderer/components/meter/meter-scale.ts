/** How a meter is drawn, as numbers. Pure. */
import type { Meter } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'

export type MeterScale = {
  /** Width of the used part, of the whole bar. */
  fillPercent: number
  /** Where the limit stands; 100 unless held writes reach beyond it. */
  limitPercent: number
  /** Width of what is held behind the limit. */
  heldPercent: number
  marks: { percent: number; level: string; position: number }[]
}

/** What is held where the meter does not count bytes cannot be drawn to scale: it gets this share of the bar. */
const unscaledHeldPercent = 12
/** However much is held, the limit stays to the right of the middle so that the used part can still be read. */
const mostHeldPercent = 45

type ScaledMeter = Pick<Meter, 'used' | 'limit' | 'unit' | 'heldCount' | 'heldBytes' | 'marks'>

export function meterScale(meter: ScaledMeter): MeterScale {
  const { used, limit } = meter
  if (limit === null || limit === 0) return { fillPercent: 0, limitPercent: 100, heldPercent: 0, marks: [] }
  const heldPercent = heldShare(meter, limit)
  const limitPercent = 100 - heldPercent
  const fillPercent = Math.min(limitPercent, (used / limit) * limitPercent)
  return {
    // Something is never nothing: one byte of a large limit still shows.
    fillPercent: used === 0 ? 0 : Math.max(0.6, fillPercent),
    limitPercent,
    heldPercent,
    marks: meter.marks.filter((mark) => mark.percent <= 100).map((mark) => ({ ...mark, position: (mark.percent / 100) * limitPercent })),
  }
}

function heldShare(meter: ScaledMeter, limit: number): number {
  if (meter.heldCount === 0) return 0
  if (meter.unit !== 'bytes') return unscaledHeldPercent
  const share = (meter.heldBytes / (limit + meter.heldBytes)) * 100
  return Math.min(mostHeldPercent, Math.max(3, share))
}

/** What is used, in the unit and with the digits of its limit beside it; rounded down, so that a meter never looks full before it is. */
export function usedQuantity(meter: Pick<Meter, 'used' | 'limit' | 'unit' | 'byteBase'>): string {
  if (meter.unit === 'bytes') return format.bytesDown(meter.used, meter.byteBase, meter.limit === null || meter.limit === 0 ? meter.used : meter.limit)
  // Hundredths of an hour, which are what is shown of it.
  return format.quantity(meter, meter.unit === 'minutes' ? Math.floor((meter.used / 60) * 100) * 0.6 : meter.used)
}
