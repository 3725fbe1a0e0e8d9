import type { OverviewNews } from '../../../../shared/contract/console/usage.ts'
import { format } from '../../../base/format/format.ts'

/** The words of the overview below its first screen. */
export const overviewMoreTexts = {
  wallet: {
    title: 'Wallet',
    open: 'Open the wallet',
    balance: 'Balance',
    available: 'Available (the rest is held for runs)',
    lasts: 'Lasts until',
    about: (day: string) => `About ${day}`,
    empty: 'Used up',
    unused: 'Nothing is used at the moment',
    long: 'Longer than a year',
    unknown: 'Not known yet: that needs a whole day of use',
  },
  alerts: { title: 'Alerts', all: (total: number) => `All ${format.counted(total, 'alert', 'alerts')}` },
  news: {
    title: 'New since your last visit',
    since: (at: string) => `Since ${at}`,
    nothing: 'Nothing has changed.',
    alerts: (count: number) => `${format.counted(count, 'alert', 'alerts')} fired`,
    invoice: ({ number, amountCents, currency, status }: OverviewNews['invoices'][number]) =>
      `Invoice ${number}: ${format.money(amountCents, currency)}, ${status.toLowerCase()}`,
    growth: ({ name, growth, ...measured }: OverviewNews['usage'][number]) => `${name}: +${format.shortQuantity(measured, growth)}`,
    activity: (count: number) => `${format.counted(count, 'thing', 'things')} happened on this computer`,
  },
  /** Where the platform takes no envelopes. */
  activity: {
    emptyTitle: 'Nothing has happened yet',
    empty: 'Changes of the plan, purchases and delivered edits to settings and alerts are told here.',
    toAlerts: 'Set an alert',
    toSettings: 'Open settings',
  },
} as const
