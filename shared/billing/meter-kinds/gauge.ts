import type { MeterKind } from './meter-kind.ts'

/** What is there: the reading with the latest timestamp; of two with the same, the one that came last. The mark is that timestamp. */
export const gauge: MeterKind = {
  form: 'reading',
  window: 'period',
  course: 'level',
  day: 'highest',
  pricedFor: 'period',
  takesChange: true,
  add: (tally, { atMs, amount }) => (tally.mark !== null && atMs < tally.mark ? tally : { used: amount, mark: atMs }),
}
