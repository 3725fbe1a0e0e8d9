import type { CostDimension } from '../../../shared/contract/console/costs.ts'
import { format } from '../format.ts'

export const costsTexts = {
  title: 'Costs',
  lead: 'What use costs at the platform’s prices, day by day. The plan includes a part of it; what lies beyond the plan is invoiced.',
  emptyTitle: 'No costs yet',
  empty: 'Costs appear here with the first metered use, and stay readable without a network.',
  asOf: (moment: string) => `As of ${moment}. Days are UTC days.`,
  period: 'Period',
  /** "9 Nov – 8 Dec 2026": the last day is one that belongs to it. */
  range: (startMs: number, endMs: number) => `${format.utcDay(startMs)} – ${format.utcDate(endMs - 86_400_000)}`,
  running: (range: string) => `${range} (running)`,
  by: 'Split by',
  dimensions: { service: 'Service', category: 'Category', user: 'User', meter: 'Meter' } satisfies Record<CostDimension, string>,
  chartTitle: (dimension: string, range: string) => `Costs by ${dimension.toLowerCase()}, ${range}`,
  summary: (total: string, first: string | null, share: string, highest: string | null) =>
    `${total} in all${first === null ? '' : `; most of it ${first} (${share})`}${highest === null ? '' : `; the highest day was ${highest}`}.`,
  total: 'Total',
  billed: 'Beyond the plan',
  billedNote: 'This part is invoiced with the next renewal.',
  columns: { name: 'Name', share: 'Share', amount: 'Amount' },
  others: 'Everything else',
  export: {
    menu: 'Export',
    csv: 'CSV',
    csvNote: 'One line for each day, service, user and meter',
    json: 'JSON',
    jsonNote: 'The same, with the totals of this page',
    focus: 'FOCUS 1.2',
    focusNote: 'For FinOps tools, with the plan’s price',
    done: (fileName: string) => `${fileName} was handed to the browser.`,
  },
  changed: {
    title: 'What changed',
    compare: 'Against',
    none: 'There is only one period yet; a comparison needs two.',
    same: 'Both periods cost the same.',
    comparedDays: (days: number) => `This period still runs, so the first ${format.counted(days, 'day is', 'days are')} compared.`,
    headline: (after: string, before: string, difference: string, up: boolean) =>
      `${after} against ${before}: ${difference} ${up ? 'more' : 'less'}.`,
    byService: 'By service',
    byUser: 'By user',
    byMeter: 'By meter',
    usage: 'Use itself',
    columns: { name: 'Name', before: 'Before', after: 'Now', difference: 'Difference' },
    sum: 'Sum',
    rest: (count: number) => `${format.count(count)} others`,
    fold: (rest: number) => `Show ${format.count(rest)} more`,
  },
} as const
