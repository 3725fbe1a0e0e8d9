import type { MeterKind } from './meter-kind.ts'

/** How many different keys there were in the period. */
export const uniqueKey: MeterKind = {
  form: 'key',
  window: 'period',
  course: 'flow',
  day: 'added',
  pricedFor: 'use',
  takesChange: false,
  add: ({ used, mark }, { amount }) => ({ used: used + amount, mark }),
}
