import type { MeterKind } from './meter-kind.ts'

/** The counter is the highest daily peak of the period; the cost is the sum of the daily peaks × the daily rate. (shared/contract/README.md, "Counters, periods and limits") */
export const peakDaily: MeterKind = {
  form: 'reading',
  window: 'period',
  course: 'peak',
  day: 'highest',
  pricedFor: 'day',
  takesChange: false,
  add: ({ used, mark }, { amount }) => ({ used: Math.max(used, amount), mark }),
}
