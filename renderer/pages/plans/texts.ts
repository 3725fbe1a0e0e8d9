import type { OfferedPlan } from '../../../shared/contract/console/offers.ts'
import { format, type Measured } from '../../base/format/format.ts'
import { limitWords, releaseWords } from '../../base/texts/plan.ts'

type Release = NonNullable<OfferedPlan['release']>

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
  releases: releaseWords,
  stays: ({ staysCount, stoppedBy }: Release) =>
    `${format.counted(staysCount, 'write stays', 'writes stay')} held${stoppedBy === null ? '' : `, stopped by ${stoppedBy}`}`,
  choose: (plan: string) => `Choose ${plan}`,
  changeTo: (plan: string) => `Change to ${plan}`,
  begins: (at: number) => `Begins on ${format.utcDate(at)}`,
  resumeFirst: (end: number) => `The subscription ends on ${format.utcDate(end)}. Resume it first to change what comes after.`,
  request: (plan: string) => `Request ${plan}`,
  onRequest: 'The price of this plan is agreed with each customer. Ask whoever runs the platform.',
  requestOffline: 'Not connected: a request goes to the platform at once and is not kept for later.',
  decideOffline: 'Not connected: an answer to a request goes to the platform at once and is not kept for later.',
  requestPending: 'A request waits for its answer already.',
  empty: 'The plans are not known yet',
  emptyText: 'They come with the first connection to the platform and are kept on this computer from then on.',
  noPlan: 'No plan',
  noPlanText: 'The subscription has ended. Everything is still readable; choose a plan, and what is held here leaves by itself.',
  cancel: 'Cancel subscription',
  resume: 'Resume subscription',
  /** What an order is called in its dialogue. */
  dialog: {
    plan: (plan: string) => `Change to ${plan}`,
    booster: (name: string) => `Buy ${name}`,
    seats: (count: number) => `Change to ${format.counted(count, 'more seat', 'more seats')}`,
    cancel: 'Cancel the subscription',
    resume: 'Resume the subscription',
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
    needsPlan: 'A booster adds to a plan, and there is none. Choose a plan first.',
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
  finds: {
    upgrade: 'Upgrade the plan',
    upgradeCalled: 'buy change',
    portal: 'Manage the subscription',
    portalCalled: 'customer portal payment cancel',
    portalBlocked: 'The browser did not open the portal. Open it with the button on the Plans page.',
  },
} as const
