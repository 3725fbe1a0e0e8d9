import { type Aggregation, aggregations, meterKinds } from '../../../shared/billing/meter-kinds.ts'
import type { MeterKind } from '../../../shared/billing/meter-kinds/meter-kind.ts'

/** The highest reading of a period, priced for the whole of it: a kind that the product does not have. */
const highest: MeterKind = {
  form: 'reading',
  window: 'period',
  course: 'peak',
  day: 'highest',
  pricedFor: 'period',
  takesChange: false,
  add: ({ used, mark }, { amount }) => ({ used: Math.max(used, amount), mark }),
}

const name: string = 'highest'
export const HIGHEST = name as Aggregation

/** Import this before anything that makes an enumeration of the kinds: it stands for the line that a new kind is. */
Object.assign(meterKinds, { [HIGHEST]: highest })
Object.assign(aggregations, [...aggregations, HIGHEST])
