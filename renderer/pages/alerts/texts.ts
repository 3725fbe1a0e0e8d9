import type { AlertFields, AlertView } from '../../../shared/contract/console/alerts.ts'
import { format } from '../../base/format/format.ts'

type Amounted = Pick<AlertView, 'measure' | 'unit' | 'byteBase'>

/** "80 %", "1,200", "10 GB", "$250.00": by what the alert measures. */
function amount(at: number, view: Amounted, currency: string): string {
  if (view.measure === 'limit') return format.percent(at)
  if (view.measure === 'cost' || view.measure === 'invoiced') return format.money(at, currency)
  return format.quantity({ unit: view.unit ?? '', byteBase: view.byteBase }, at)
}

const measureNames = { invoiced: 'Invoiced and accrued', cost: 'Use at list price' } as const

/** "; told at 50 %, 75 %, 100 %"; nothing where it is told at the amount alone. */
function steps({ thresholds = [100] }: Pick<AlertFields, 'thresholds'>): string {
  return thresholds.length === 1 && thresholds[0] === 100 ? '' : `; told at ${thresholds.map((percent) => format.percent(percent)).join(', ')}`
}

export const alertsTexts = {
  title: 'Alerts',
  lead: 'Each alert fires once a period. A jump over several is one notification that names them all.',
  none: 'This platform sends no alerts',
  noneText: 'It offers no channel to send one by. Meters are still coloured as they fill up.',
  limits: { title: 'Plan limits', note: 'For every meter that has a limit. They come with the plan; channels and the switch are yours.' },
  noLimits: {
    title: 'No limits to warn of here',
    budgets: 'This platform meters nothing, so no plan limit can be reached. Alerts are the budgets below, on what the period costs.',
    wallet:
      'This platform meters nothing and is paid from a wallet, so no plan limit can be reached and no budget be passed. How long the balance lasts is in the',
    none: 'This platform meters nothing, so no plan limit can be reached and no budget be passed.',
    toWallet: 'wallet',
  },
  budgets: {
    title: 'Budgets',
    note: 'Your own thresholds, on a meter, on what is invoiced and accrued, or on use at list price.',
    create: 'Add budget',
    emptyTitle: 'No budget yet',
    empty: 'Set one to be told before a meter or the bill grows past what you planned.',
    nothing: 'This platform tells neither meters nor costs that a budget could watch.',
  },
  columns: { name: 'Alert', when: 'When', channels: 'Channels', on: 'On', actions: 'Actions' },
  when: (view: AlertView, fields: AlertFields, currency: string): string => {
    const bound = amount(fields.at, view, currency)
    if (view.measure === 'limit') return view.inclusive ? `From ${bound} of a limit` : `Above ${bound} of a limit`
    const what = view.measure === 'meter' ? (view.meterName ?? '') : measureNames[view.measure]
    return `${what} reaches ${bound}${steps(fields)}`
  },
  amount,
  /** "$87.98 of $100.00 (88 %)". */
  progress: (value: number, at: number, view: Amounted, currency: string): string =>
    `${amount(value, view, currency)} of ${amount(at, view, currency)} (${format.percent(at === 0 ? 0 : (100 * value) / at)})`,
  progressOf: (name: string) => `${name}, this period`,
  actionsOf: (name: string) => `Actions for ${name}`,
  switchOf: (name: string) => `${name} is on`,
  edit: 'Edit',
  editOf: (name: string) => `Edit ${name}`,
  remove: 'Delete',
  removeOf: (name: string) => `Delete ${name}`,
  removed: (name: string) => `${name} will be deleted at the platform.`,
  saved: 'Saved on this computer. It goes to the platform as soon as it can.',
  pending: { put: 'Changed here', create: 'New here', delete: 'To be deleted', undo: 'Undo', showItem: 'Show in the outbox' },
  conflict: {
    title: 'Changed by somebody else in the meantime',
    mine: 'Yours',
    theirs: 'At the platform',
    keepMine: 'Keep mine',
    keepTheirs: 'Keep theirs',
    says: (fields: AlertFields | null, view: Amounted, currency: string, names: (ids: readonly string[]) => string): string =>
      fields === null ? 'Deleted' : `${fields.name}: ${amount(fields.at, view, currency)}, ${names(fields.channels)}${fields.enabled ? '' : ', off'}`,
  },
  form: {
    create: 'Add a budget',
    edit: (name: string) => `Edit ${name}`,
    name: 'Name',
    nameHint: 'For example “Half of the monthly budget”.',
    measure: 'On',
    measures: measureNames,
    measureNotes: {
      invoiced: 'What was invoiced in this period, and what use beyond the plan adds to the next invoice.',
      cost: 'What all use of this period is worth at list prices, whether the plan includes it or not.',
    },
    steps: 'Tell me at (% of the amount)',
    wrongSteps: 'Enter percentages from 1 to 1000, at most eight, as in “50, 75, 100”.',
    at: (unit: string) => `Amount (${unit})`,
    count: 'count',
    hours: 'hours',
    now: (used: string, limit: string | null) => (limit === null ? `Now ${used}, without a limit.` : `Now ${used} of ${limit}.`),
    wrongAmount: 'Enter an amount above 0, in digits.',
    channels: 'Tell me by',
    noChannel: 'Choose at least one way.',
    submit: 'Save',
  },
  fired: {
    title: 'Fired',
    note: 'What was sent, and why, newest first.',
    emptyTitle: 'Nothing has fired',
    empty: 'When a meter or the cost crosses one of the thresholds above, it is listed here.',
    columns: { at: 'When', what: 'What happened', channels: 'Sent by' },
    more: 'Show older',
  },
  finds: { addBudget: 'Add a budget', called: 'create new alert' },
} as const
