import type { ReplayedPlanView } from '../../../shared/contract/console/cheapest-plan.ts'
import { format } from '../../base/format/format.ts'

const inPeriods = (count: number): string => format.counted(count, 'period', 'periods')

export const cheapestPlanTexts = {
  title: 'Find the cheapest plan',
  note: 'Replays your own past on this computer against every plan, with boosters and seats where they make room.',
  run: 'Replay my usage',
  emptyTitle: 'No finished period on this computer yet',
  empty: 'After the first period is over, its usage can be replayed against every plan.',
  columns: { plan: 'Plan', total: 'Would have cost', mean: 'Per period', notes: 'Why' },
  current: 'Current',
  cheapest: 'Cheapest',
  custom: 'By agreement',
  from: (count: number, start: number, end: number) => `${inPeriods(count)}, ${format.utcDate(start)} to ${format.utcDate(end)} (UTC).`,
  stay: 'Your plan is the cheapest one that would have admitted all of it.',
  move: (name: string, saving: string) => `${name} would have admitted all of it and saved ${saving}.`,
  moveMore: (name: string) => `${name} is the cheapest one that would have admitted all of it.`,
  none: 'No plan with a price would have admitted all of it.',
  priceAlone: 'The price alone.',
  extra: (extra: ReplayedPlanView['extras'][number], cents: string): string => {
    if (extra.kind === 'booster') return `${format.counted(extra.count, 'booster', 'boosters')} “${extra.name}” in ${inPeriods(extra.periods)}: ${cents}`
    if (extra.kind === 'seats') return `${format.counted(extra.count, 'seat', 'seats')} more in ${inPeriods(extra.periods)}: ${cents}`
    return `${format.quantity(extra, extra.count)} ${extra.name} beyond the plan: ${cents}`
  },
  shortfall: ({ name, quantity, periods, ...measured }: ReplayedPlanView['shortfalls'][number]) =>
    `Would have refused ${name}: up to ${format.quantity(measured, quantity)} too much in ${inPeriods(periods)}`,
} as const
