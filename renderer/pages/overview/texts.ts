import type { Overview, ReleasePreview } from '../../../shared/contract/console.ts'
import type { MeterAhead } from '../../../shared/contract/console/usage.ts'
import { format } from '../../base/format/format.ts'
import { priceWords, releaseWords } from '../../base/texts/plan.ts'

type Plan = NonNullable<Overview['plan']>

export const overviewTexts = {
  title: 'Overview',
  neverFetched: 'Nothing has been fetched from the platform yet. What agents write is kept on this computer meanwhile.',
  metersTitle: 'Limits',
  metersNote: (start: number, end: number) => `Period ${format.utcRange(start, end)}`,
  allMeters: (count: number) => `All ${count} meters`,
  metersEmpty: 'The platform has not named any limits yet.',
  /** What runs out, and what follows then. */
  ahead: {
    first: 'Runs out first:',
    beyond: (day: string, amount: string) => `About ${day}: ${amount} beyond the plan`,
    after: (day: string, follows: string) => `About ${day}, then ${follows}`,
    follows: {
      billed: 'what is used beyond it is billed',
      held: 'writes are held',
      refused: 'no more is taken',
      told: 'it is over its limit',
    } satisfies Record<MeterAhead['follows'], string>,
    fullBeyond: (amount: string) => `Used up: ${amount} beyond the plan by the end of the period`,
    full: {
      billed: 'Used up: what is used beyond it is billed',
      held: 'Used up: writes are held',
      refused: 'Used up: no more is taken',
      told: 'Used up',
    } satisfies Record<MeterAhead['follows'], string>,
  },
  plan: {
    title: 'Plan',
    free: ({ name, currency }: Pick<Plan, 'name' | 'currency'>) => `${name} · ${format.price(0, currency)}`,
    price: (plan: Pick<Plan, 'priceCents' | 'currency' | 'interval'>) => priceWords(plan.priceCents, plan.currency, plan.interval),
    period: 'Period',
    periodValue: (start: number, end: number) => `${format.utcRange(start, end)} (UTC)`,
    renews: 'Renews',
    ends: 'Ends',
    payment: 'Payment method',
    noPaymentPaid: 'Not known',
    invoiced: 'Invoiced this period',
    next: 'Next invoice',
    nextOn: (moment: number) => `Next invoice, ${format.utcDay(moment)}`,
    spend: 'From the wallet so far',
    projected: 'From the wallet by the end',
    manageHint: 'Invoices, payment method and cancelling are in the customer portal, which opens in your browser.',
    compare: 'Compare plans',
    cancelled: (end: number) => `Cancelled. The plan runs until ${format.utcDate(end)}.`,
    none: 'No plan',
    endedNote: (end: number) => `The subscription ended on ${format.utcDate(end)}.`,
    endedText:
      'Everything is still readable. Nothing new is taken until a plan is chosen: what agents write meanwhile is held on this computer, and leaves by itself then.',
    subscribe: 'Choose a plan',
    unavailable: 'Billing is platform-only. This workspace is self-hosted, so there is no plan here; the pages about this computer work.',
    unknown: 'The plan is not known yet. It comes with the first connection.',
  },
  /** What the figures of spending consist of. */
  spend: {
    noInvoice: 'Nothing was invoiced in this period.',
    none: 'None',
    /** "= $89 + 2 × $15 + $4.20 beyond the plan". */
    sum: (parts: readonly string[]) => `= ${parts.join(' + ')}`,
    times: (quantity: number, price: string) => `${format.count(quantity)} × ${price}`,
    beyond: (amount: string) => `${amount} beyond the plan so far`,
    onlyWallet: 'In this period.',
    free: 'The plan is free.',
    ends: 'The plan ends with this period.',
    agreed: 'What the plan costs is agreed with you and not known here.',
    atRate: 'With the wallet’s use at the rate of the last whole days.',
    runsOut: 'At this rate the wallet is empty before the period ends; then it stops.',
    unknown: 'Not known yet',
    needsDay: 'A projection needs a whole day of use.',
  },
  held: {
    title: (count: number) => `${format.counted(count, 'write is', 'writes are')} held on this computer`,
    note: (bytes: number, since: string) =>
      `${format.bytes(bytes)} since ${since}. Nothing is lost: they leave by themselves, in their order, as soon as there is room.`,
    reason: (meterName: string, count: number, bytes: number) => `${meterName}: ${format.counted(count, 'write', 'writes')}, ${format.bytes(bytes)}`,
    show: 'Show held writes',
    previewsTitle: 'What an upgrade would release',
    previewsNone: 'The plans are not known yet; they come with the first connection.',
  },
  preview: {
    releases: releaseWords,
    stays: (preview: ReleasePreview, meterName: string | null) =>
      preview.staysCount === 0
        ? 'Nothing stays held'
        : `${format.counted(preview.staysCount, 'write stays', 'writes stay')} held (${format.bytes(preview.staysBytes)})${meterName ? `, stopped by ${meterName}` : ''}`,
    upgradeTo: (plan: string) => `Upgrade to ${plan}`,
    contact: 'Priced on request',
    price: priceWords,
  },
  release: { title: 'Releasing held writes' },
  activity: {
    title: 'Recent activity',
    empty: 'Nothing has happened yet. Create a sub-key for an agent, or import files, to write the first memory.',
    toDevices: 'Create a sub-key',
    toImport: 'Import files',
  },
} as const
