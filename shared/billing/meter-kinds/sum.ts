import type { MeterKind } from './meter-kind.ts'

/** What was used adds up. */
export const sum: MeterKind = {
  form: 'quantity',
  window: 'period',
  course: 'flow',
  day: 'added',
  pricedFor: 'use',
  takesChange: false,
  add: ({ used, mark }, { amount }) => ({ used: used + amount, mark }),
}
