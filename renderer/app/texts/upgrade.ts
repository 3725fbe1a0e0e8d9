import type { CallOutput, ReleasePreview } from '../../../shared/contract/console.ts'
import { format } from '../format.ts'

type Preview = CallOutput<'billing.preview'>
type PlanLimit = ReleasePreview['limits'][number]

export const upgradeTexts = {
  title: 'Plans',
  lead: 'What each plan allows, what it would release, and what it costs today. You pay in the browser; nothing is charged here.',
  price: 'Price',
  current: 'Current plan',
  limit: (limit: PlanLimit) =>
    limit.limit === 0 ? 'Not included' : limit.limit === null ? 'Unlimited' : limit.unit === 'bytes' ? format.bytes(limit.limit) : format.count(limit.limit),
  over: (limit: PlanLimit) => `Over: ${limit.unit === 'bytes' ? format.bytes(limit.used) : format.count(limit.used)} used`,
  choose: (plan: string) => `Choose ${plan}`,
  isCurrent: 'This is your plan',
  onRequest: 'This plan is priced on request. Ask whoever runs the platform.',
  offline: 'Offline: a checkout needs an answer from the platform. What each plan would release is worked out on this computer.',
  notOnline: 'Not connected: a checkout needs an answer from the platform.',
  empty: 'The plans are not known yet',
  emptyText: 'They come with the first connection to the platform and are kept on this computer from then on.',
  confirm: {
    title: (plan: string) => `Change to ${plan}`,
    asking: 'Asking the platform what this costs today',
    due: 'Due today',
    afterwards: 'Then',
    credit: 'Credit for what is left of the current plan',
    from: 'In force',
    now: 'At once, after the payment',
    atPeriodEnd: (end: number) => `From ${format.date(end)}`,
    overTitle: 'These would be over the new limits',
    over: (entry: Preview['wouldBeOver'][number]) =>
      `${entry.name}: ${format.count(entry.used)} used, ${entry.limit === null ? 'unlimited' : `${format.count(entry.limit)} allowed`}`,
    overText: 'Nothing is deleted, but new writes that draw on them would be held.',
    pay: (amountCents: number, currency: string) => (amountCents > 0 ? `Pay ${format.money(amountCents, currency)} in the browser` : 'Confirm in the browser'),
    blocked: 'The browser did not open the checkout by itself. Open it with this link:',
    open: 'Open the checkout',
    toOverview: 'Follow it on the overview',
  },
  portalOpen: 'Open the customer portal',
  portalBlocked: 'The browser did not open the portal by itself. Open it with this link:',
} as const
