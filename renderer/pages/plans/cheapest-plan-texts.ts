import type { ReplayedPlanView } from '../../../shared/contract/console/cheapest-plan.ts'
import { format } from '../../base/format/format.ts'

const inPeriods = (count: number): string => format.counted(count, 'period', 'periods')

export const cheapestPlanTexts = {
  title: 'Find the cheapest plan',
  note: 'Replays your own past, the running period and what is held against every plan, on this computer, with boosters and seats where they make room.',
  run: 'Replay my usage',
  emptyTitle: 'No usage on this computer yet',
  empty: 'It comes with the first connection, and can then be replayed against every plan.',
  columns: { plan: 'Plan', total: 'Would have cost', mean: 'Per period', notes: 'Why' },
  current: 'Current',
  cheapest: 'Cheapest',
  custom: 'By agreement',
  from: (finished: number, running: boolean, start: number, end: number) =>
    `${finished === 0 ? 'The running period so far' : `${inPeriods(finished)}${running ? ' and the running period so far' : ''}`}, ${format.utcDate(start)} to ${format.utcDate(end)} (UTC).`,
  stay: (all: string) => `Your plan is the cheapest one that admits ${all}.`,
  move: (name: string, price: string, all: string, saving: string) => `${name}, ${price}, admits ${all} and would have saved ${saving}.`,
  moveMore: (name: string, price: string, all: string) => `${name}, ${price}, admits ${all}.`,
  none: (all: string) => `No plan with a price admits ${all}.`,
  /** What has to be admitted. */
  all: (heldCount: number) => (heldCount === 0 ? 'your past' : `your past and the ${format.counted(heldCount, 'write', 'writes')} held now`),
  priceAlone: 'The price alone.',
  extra: (extra: ReplayedPlanView['extras'][number], cents: string): string => {
    const count = BigInt(extra.count)
    if (extra.kind === 'booster') return `${format.counted(count, 'booster', 'boosters')} “${extra.name}” in ${inPeriods(extra.periods)}: ${cents}`
    if (extra.kind === 'seats') return `${format.counted(count, 'seat', 'seats')} more in ${inPeriods(extra.periods)}: ${cents}`
    return `${format.quantity(extra, count)} ${extra.name} beyond the plan: ${cents}`
  },
  shortfall: ({ name, quantity, periods, ...measured }: ReplayedPlanView['shortfalls'][number]) =>
    `Would have refused ${name}: up to ${format.quantity(measured, BigInt(quantity))} too much in ${inPeriods(periods)}`,
} as const
