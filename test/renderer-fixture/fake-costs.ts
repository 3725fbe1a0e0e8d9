import type { CallName, CallOutput } from '../../shared/contract/console.ts'
import type { Invoice } from '../../shared/contract/console/invoices.ts'

const DAY_MS = 86_400_000
const start = Date.UTC(2026, 10, 9)
const october = { name: '2026-10', startDate: '2026-10-09', endDate: '2026-11-09', current: false }
const november = { name: '2026-11', startDate: '2026-11-09', endDate: '2026-12-09', current: true }
const days = [812, 1044, 990, 403, 377, 1101]

const invoices: Invoice[] = ['Paid', 'Pending', 'Overdue', 'partially_refunded', 'Paid'].map((status, index) => ({
  id: `invoice-${index}`,
  number: `ACME-${String(12 - index).padStart(4, '0')}`,
  periodStart: Date.UTC(2026, 10 - index, 9),
  periodEnd: Date.UTC(2026, 11 - index, 9),
  amountCents: 59_619,
  subtotalCents: 50_100,
  taxCents: 9519,
  balanceCents: 0,
  chargedCents: 59_619,
  currency: 'usd',
  status,
  issuedAt: Date.UTC(2026, 10 - index, 9),
  dueAt: Date.UTC(2026, 11 - index, 9),
  description: 'Professional, renewal',
  paymentMethod: 'Invoice',
  lines: [
    { description: 'Professional', kind: 'plan', quantity: null, unitPriceCents: null, per: null, terms: null, amountCents: 49_900, taxCents: 9481 },
    {
      description: 'LLM tokens beyond the plan',
      kind: 'usage',
      quantity: 1_000_000,
      unitPriceCents: 200,
      per: 1_000_000,
      terms: null,
      amountCents: 200,
      taxCents: 38,
    },
  ],
  kept: index % 2 === 1,
}))

type Handled = Extract<CallName, `costs.${string}` | `invoices.${string}`>

/** Costs and invoices of a workspace that has both. */
export const fakeCosts: { [N in Handled]: () => CallOutput<N> } = {
  'costs.read': () => ({
    currency: 'usd',
    period: november,
    periods: [november, october],
    totalCents: 9454,
    statement: {
      listCents: 9454,
      includedCents: 9254,
      beyondCents: 200,
      late: [],
      invoice: { id: null, number: null, at: Date.UTC(2026, 11, 9), planCents: 49_900, earlierCents: 0, taxCents: 0, amountCents: 50_100 },
      differences: [],
    },
    rows: [
      { key: 'ai_service', name: 'AI service', amountCents: 4727, share: 0.5, days },
      { key: 'ml_service', name: 'ML service', amountCents: 4727, share: 0.5, days: days.toReversed() },
    ],
    dates: days.map((_, index) => new Date(start + index * DAY_MS).toISOString().slice(0, 10)),
  }),
  'costs.change': () => ({
    currency: 'usd',
    before: october,
    after: november,
    comparedDays: 6,
    beforeTotal: 9000,
    afterTotal: 9454,
    difference: 454,
    byService: [
      { key: 'ai_service', name: 'AI service', before: 4000, after: 4727, difference: 727 },
      { key: 'ml_service', name: 'ML service', before: 5000, after: 4727, difference: -273 },
    ],
    byUser: [{ key: 'mei', name: 'Mei Tanaka', before: 9000, after: 9454, difference: 454 }],
    byMeter: [{ key: 'compute', name: 'Compute', before: 9000, after: 9454, difference: 454 }],
    usage: [{ key: 'tokens', name: 'LLM tokens', before: 5_100_000, after: 6_000_000, difference: 900_000, unit: 'count', byteBase: 'decimal' }],
  }),
  'costs.export': () => ({ fileName: 'costs.csv', mimeType: 'text/csv', text: 'date\r\n' }),
  'invoices.find': () => [],
  'invoices.list': () => ({ invoices, keptBytes: 5200 }),
  'invoices.pdf': () => ({ fileName: 'ACME-0012.pdf', mimeType: 'application/pdf', base64: 'JVBERi0=' }),
  'invoices.archive': () => ({ fileName: 'invoices.zip', mimeType: 'application/zip', base64: 'UEsFBg==', missing: [] }),
  'invoices.export': () => ({ fileName: 'invoices-acme-cloud.csv', mimeType: 'text/csv', text: 'number\r\nACME-0012\r\n' }),
  'invoices.forgetFiles': () => ({}),
  'invoices.paymentMethods': () => [
    { id: 'card', name: 'Credit card', description: 'Charged at once', eligible: true, reason: null, dueDays: 0, current: true, detail: 'Visa ending 4242' },
    {
      id: 'wire',
      name: 'Wire transfer',
      description: 'International wire',
      eligible: false,
      reason: 'Only on Enterprise.',
      dueDays: 30,
      current: false,
      detail: null,
    },
  ],
}
