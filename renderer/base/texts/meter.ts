import type { Meter } from '../../../shared/contract/console.ts'
import { format } from '../format/format.ts'

/** The highest figure with one decimal that is not full. */
const ALMOST_FULL_PERCENT = 99.9

type Measured = Pick<Meter, 'used' | 'limit' | 'unit' | 'byteBase' | 'percent' | 'levelLabel' | 'heldCount' | 'heldBytes'>

function exactQuantity(value: number, unit: string): string {
  return unit === 'bytes' ? format.exactBytes(value) : format.quantity({ unit, byteBase: 'decimal' }, value)
}

export const meterTexts = {
  /** The unit is said once, here. */
  ofLimit(meter: Pick<Meter, 'limit' | 'unit' | 'byteBase'>): string {
    if (meter.limit === 0) return 'not included'
    // "count" says no more than the number does: the meter's name says what is counted. Sizes and times carry their unit.
    const unit = ['bytes', 'count', 'minutes'].includes(meter.unit) ? '' : ` ${meter.unit.replaceAll('_', ' ')}`
    if (meter.limit === null) return `${unit.trim()} of unlimited`.trim()
    return `of ${meter.unit === 'bytes' ? format.bytesDown(meter.limit, meter.byteBase) : format.quantity(meter, meter.limit)}${unit}`
  },
  exact: (meter: Pick<Meter, 'used' | 'limit' | 'unit'>) =>
    meter.limit === null ? exactQuantity(meter.used, meter.unit) : `${exactQuantity(meter.used, meter.unit)} of ${exactQuantity(meter.limit, meter.unit)}`,
  /** Never 100 % before it is full, though the platform's own tenth of a percent says so. */
  percent: ({ used, limit, percent }: Pick<Meter, 'used' | 'limit' | 'percent'>) =>
    percent === null ? null : format.percent(limit !== null && used < limit ? Math.min(percent, ALMOST_FULL_PERCENT) : percent),
  /** What a screen reader says for the bar. */
  spoken(meter: Measured): string {
    const held = meter.heldCount > 0 ? `, ${meterTexts.heldBehind(meter)}` : ''
    if (meter.limit === 0) return `Not included in the plan${held}`
    if (meter.limit === null) return `${exactQuantity(meter.used, meter.unit)} used, unlimited${held}`
    const percent = meterTexts.percent(meter)
    const label = meter.levelLabel ? `, ${meter.levelLabel}` : ''
    return `${exactQuantity(meter.used, meter.unit)} of ${exactQuantity(meter.limit, meter.unit)}${percent === null ? '' : `, ${percent}`}${label}${held}`
  },
  /** Name of the figure for who does not see that it can be pressed. */
  whence: (used: string) => `${used}: counted where, and when`,
  counted: {
    server: 'Counted by the platform.',
    device: 'Counted on this computer.',
    both: 'Counted by the platform. This computer counts its own part too; Honesty holds both against each other.',
  } satisfies Record<Meter['knowledge'], string>,
  heldHere: 'What is held behind the limit is counted on this computer.',
  heldBehind: (meter: Pick<Meter, 'heldCount' | 'heldBytes'>) =>
    `${format.counted(meter.heldCount, 'write', 'writes')} (${format.bytes(meter.heldBytes)}) held behind the limit`,
  /** A price with what it is for: "$0.05 each", "$0.50 per 1,000", "$0.01 per GB", "$0.60 per hour". */
  unitPrice(meter: Pick<Meter, 'unit' | 'byteBase'>, price: string, per: number): string {
    if (meter.unit === 'minutes' && per === 60) return `${price} per hour`
    return per === 1 && meter.unit === 'count' ? `${price} each` : `${price} per ${format.quantity(meter, per).replace(/^1 /, '')}`
  },
  period: { monthly: 'this period', total: 'in total' },
  perMinute: 'this minute',
} as const
