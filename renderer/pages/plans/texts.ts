import type { CallOutput } from '../../../shared/contract/console.ts'
import type { OfferedPlan, Offers } from '../../../shared/contract/console/offers.ts'
import { format, type Measured } from '../../base/format/format.ts'

type Preview = CallOutput<'billing.preview'>
type Release = NonNullable<OfferedPlan['release']>
type PlanRequest = Offers['requests'][number]

function limitWords(of: Measured, limit: number | null): string {
  if (limit === null) return 'Unlimited'
  return limit === 0 ? 'Not included' : format.quantity(of, limit)
}

export const plansTexts = {
  title: 'Plans',
  lead: (releases: boolean) =>
    `What each plan allows${releases ? ', what it would release,' : ''} and what it costs today. You pay in the browser; nothing is charged here.`,
  compare: 'Compare plans',
  onlyDifferences: 'Only what differs',
  noDifferences: 'The plans do not differ in any of these rows.',
  current: 'Current plan',
  isCurrent: 'This is your plan',
  limit: limitWords,
  overNow: (of: Measured, used: number) => `Over: ${format.quantity(of, used)} used`,
  seatsMore: (cents: number, currency: string) => `+${format.price(cents, currency)} per seat`,
  releasesRow: 'Of what is held here',
  releases: ({ releasedCount, releasedBytes, staysCount }: Release) =>
    releasedCount === 0
      ? 'Releases nothing'
      : `Releases ${staysCount === 0 ? 'all ' : ''}${format.counted(releasedCount, 'write', 'writes')} (${format.bytes(releasedBytes)})`,
  stays: ({ staysCount, stoppedBy }: Release) =>
    `${format.counted(staysCount, 'write stays', 'writes stay')} held${stoppedBy === null ? '' : `, stopped by ${stoppedBy}`}`,
  choose: (plan: string) => `Choose ${plan}`,
  changeTo: (plan: string) => `Change to ${plan}`,
  request: (plan: string) => `Request ${plan}`,
  onRequest: 'The price of this plan is agreed with each customer. Ask whoever runs the platform.',
  requestOffline: 'Not connected: a request goes to the platform at once and is not kept for later.',
  decideOffline: 'Not connected: an answer to a request goes to the platform at once and is not kept for later.',
  requestPending: 'A request waits for its answer already.',
  empty: 'The plans are not known yet',
  emptyText: 'They come with the first connection to the platform and are kept on this computer from then on.',
  cancelled: (end: number) => `Cancelled. Your plan runs until ${format.utcDate(end)}.`,
  cancel: 'Cancel subscription',
  resume: 'Resume subscription',
  dialog: {
    plan: (plan: string) => `Change to ${plan}`,
    booster: (name: string) => `Buy ${name}`,
    seats: (count: number) => `Change to ${format.counted(count, 'more seat', 'more seats')}`,
    topUp: (au: number) => `Top up ${format.count(au)} AU`,
    cancel: 'Cancel the subscription',
    resume: 'Resume the subscription',
    asking: 'Asking the platform what this costs today',
    due: 'Due today',
    credit: 'Credit for what is left of the current plan',
    kept: 'Kept as credit',
    afterwards: 'Then',
    once: 'Once',
    from: 'In force',
    now: 'At once, after the payment',
    nowResumed: 'At once',
    atPeriodEnd: (end: number) => `From ${format.utcDate(end)}`,
    limitsTitle: 'Limits that change',
    limitChange: ({ name, from, to, ...of }: Preview['limits'][number]) => `${name}: ${limitWords(of, from)} → ${limitWords(of, to)}`,
    moreLimits: (count: number) => `and ${format.counted(count, 'more limit', 'more limits')}`,
    overTitle: 'These would be over the new limits',
    over: ({ name, used, limit, ...of }: Preview['wouldBeOver'][number]) =>
      `${name}: ${format.quantity(of, used)} used, ${limit === null ? 'unlimited' : `${format.quantity(of, limit)} allowed`}`,
    overText: 'Nothing is deleted, but new use that draws on them would be refused.',
    pay: (amountCents: number, currency: string) => (amountCents > 0 ? `Pay ${format.money(amountCents, currency)} in the browser` : 'Confirm in the browser'),
    portalNote: 'This is done in the customer portal, which opens in your browser. Nothing changes before you confirm it there.',
    blocked: 'The browser did not open the checkout by itself. Open it with this link:',
    open: 'Open the checkout',
    toOverview: 'Follow it on the overview',
  },
  askDialog: {
    title: (plan: string) => `Request ${plan}`,
    text: 'Your role may ask for another plan; a Platform Admin decides. You are told here when there is an answer.',
    note: 'Why (shown to whoever decides)',
    send: 'Send request',
    sent: (plan: string) => `${plan} is requested. You are told when there is an answer.`,
  },
  boosters: {
    title: 'Boosters',
    note: (end: number | null) =>
      `One-time, added to the limit, ${end === null ? 'for the current period' : `until the period ends on ${format.utcDate(end)}`}.`,
    adds: (of: Measured & { resourceName: string }, amount: number) => `+${format.quantity(of, amount)} ${of.resourceName}`,
    buy: (name: string, cents: number, currency: string) => `Buy ${name} for ${format.price(cents, currency)}`,
    running: 'Running now',
    until: (end: number) => `until ${format.utcDate(end)}`,
    none: 'No booster runs at the moment.',
  },
  seats: {
    title: 'Seats',
    note: (included: number | null, bought: number) =>
      included === null
        ? 'Your plan has seats without a limit.'
        : `${format.counted(included, 'seat', 'seats')} in your plan${bought === 0 ? '' : `, ${format.count(bought)} more bought`}.`,
    more: 'More seats',
    price: (cents: number, currency: string, interval: string) => `${format.price(cents, currency)} per seat and ${interval}`,
    preview: 'Preview the change',
    same: 'Choose another number than you have.',
  },
  topUp: {
    title: 'Top up the wallet',
    note: `1 AU is ${format.money(100, 'eur')}. Paid once, in the browser, and in the wallet as soon as the payment is there.`,
    amount: 'AU',
    preview: 'Preview the top-up',
  },
  requests: {
    title: 'Plan requests',
    note: 'Who asked for another plan, and what became of it.',
    asked: ({ requestedBy, planName }: PlanRequest) => `${requestedBy} asks for ${planName}`,
    status: { pending: 'Waiting for an answer', approved: 'Approved', declined: 'Declined' },
    decided: (by: string, at: string) => `by ${by}, ${at}`,
    approve: 'Approve',
    decline: 'Decline',
    answer: 'Answer (optional)',
    payNow: 'Approved. Nothing was bought here before, so the first payment is still to be made:',
    openCheckout: 'Open the checkout',
  },
} as const

export const tenantsTexts = {
  title: 'Tenants',
  lead: 'Every tenant of this platform, as your role may see them. Asked of the platform each time; nothing of other tenants is kept on this computer.',
  offlineTitle: 'This page needs the platform',
  offline: 'Offline: other tenants are not kept on this computer.',
  choose: 'Tenant',
  columns: { name: 'Tenant', catalog: 'Catalog', plan: 'Plan', fullest: 'Fullest meter', requests: 'Requests' },
  own: 'Your own',
  none: 'None',
  open: (name: string) => `Show ${name}`,
  meters: 'Meters',
  meter: 'Meter',
  used: 'Used',
  limit: 'Limit',
  noMeters: 'This tenant’s catalog has no meters.',
  plan: 'Plan',
  period: (start: number, end: number) => `${format.utcDate(start)} to ${format.utcDate(end)} (UTC)`,
  noRequests: 'Nobody has asked for another plan.',
} as const
