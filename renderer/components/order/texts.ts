import type { Offers } from '../../../shared/contract/console/offers.ts'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { limitWords } from '../../base/texts/plan.ts'

type Preview = CallOutput<'billing.preview'>
type PlanRequest = Offers['requests'][number]

/** What more than one page says about an order. */
export const orderTexts = {
  dialog: {
    asking: 'Asking the platform what this costs today',
    due: 'Due today',
    credit: 'Credit for what is left of the current plan',
    kept: 'Kept as credit',
    afterwards: 'Then',
    once: 'Once',
    from: 'In force',
    now: 'At once, after the payment',
    nowUnpaid: 'At once',
    noPlan: 'No plan: everything stays readable, nothing new is taken',
    changedTitle: 'The amount has changed',
    changed: 'Nothing was charged. This is what it costs now: look at it, and confirm it again.',
    nowResumed: 'At once',
    atPeriodEnd: (end: number) => `From ${format.utcDate(end)}`,
    limitsTitle: 'Limits that change',
    limitChange: ({ name, from, to, ...of }: Preview['limits'][number]) => `${name}: ${limitWords(of, from)} → ${limitWords(of, to)}`,
    moreLimits: (count: number) => `and ${format.counted(count, 'more limit', 'more limits')}`,
    overTitle: 'These would be over the new limits',
    over: ({ name, used, limit, ...of }: Preview['wouldBeOver'][number]) =>
      `${name}: ${format.quantity(of, used)} used, ${limit === null ? 'unlimited' : `${format.quantity(of, limit)} allowed`}`,
    overText: 'Nothing is deleted. What goes on could not grow; what is counted by the period is compared with the use of this one.',
    pay: (amountCents: number | null, currency: string) =>
      amountCents === null ? 'Asking the amount' : amountCents > 0 ? `Pay ${format.money(amountCents, currency)} in the browser` : 'Confirm in the browser',
    portalNote: 'This is done in the customer portal, which opens in your browser. Nothing changes before you confirm it there.',
    blocked: 'The browser did not open the checkout by itself. Open it with this link:',
    open: 'Open the checkout',
    toOverview: 'Follow it on the overview',
  },
  coming: {
    changes: (plan: string, at: number) => `Changes to ${plan} on ${format.utcDate(at)}`,
    ends: (at: number) => `Ends on ${format.utcDate(at)}`,
    undo: 'Undo',
    resume: 'Resume',
    keepTitle: (plan: string) => `Keep ${plan}`,
    resumeTitle: 'Resume the subscription',
  },
  topUp: {
    title: 'Top up the wallet',
    note: `1 AU is ${format.money(100, 'eur')}. Paid once, in the browser, and in the wallet as soon as the payment is there.`,
    amount: 'AU',
    order: (au: number) => `Top up ${format.count(au)} AU`,
    preview: 'Preview the top-up',
  },
  requests: {
    title: 'Plan requests',
    note: 'Who asked for another plan, and what became of it.',
    asked: ({ requestedBy, planName }: PlanRequest) => `${requestedBy} asks for ${planName}`,
    status: { pending: 'Waiting for an answer', approved: 'Approved', declined: 'Declined' },
    decided: (by: string, at: string) => `by ${by}, ${at}`,
    approve: 'Approve…',
    approving: (plan: string, by: string) => `Approve ${plan} for ${by}`,
    confirm: (due: string | null) => (due === null ? 'Approve' : `Approve and pay ${due}`),
    showNew: 'Show the new amount',
    changed: 'Nothing was approved and nothing charged.',
    agreedPrice: 'The price of this plan is agreed with the customer. It is in force at once, and the old subscription is not renewed.',
    decline: 'Decline',
    answer: 'Answer (optional)',
    payNow: 'Approved. Nothing was bought here before, so the first payment is still to be made:',
    openCheckout: 'Open the checkout',
  },
} as const
