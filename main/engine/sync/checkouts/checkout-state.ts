import type { Checkout } from '../../../../shared/contract/console.ts'
import type { TopicBody } from '../documents/documents.ts'

export type CheckoutStanding = Pick<Checkout, 'state' | 'detail'>

/** What the platform's word about a checkout means to the person who waits for it. */
export function standingOf(document: Pick<TopicBody<'checkout'>, 'status' | 'applied' | 'decline_reason'>): CheckoutStanding {
  switch (document.status) {
    case 'open':
      if (document.decline_reason !== null) return { state: 'declined', detail: document.decline_reason }
      return { state: 'waiting_for_payment', detail: null }
    case 'confirmed':
      return { state: 'waiting_for_platform', detail: 'The payment is being confirmed.' }
    case 'succeeded':
      if (document.applied) return { state: 'done', detail: null }
      return { state: 'waiting_for_platform', detail: 'Payment received. Waiting for the platform to put it in force.' }
    case 'failed':
      return { state: 'declined', detail: document.decline_reason ?? 'The payment failed. Nothing was charged.' }
    case 'expired':
      return { state: 'expired', detail: 'The checkout expired. Nothing was charged.' }
    case 'cancelled':
      return { state: 'cancelled', detail: 'The checkout was cancelled. Nothing was charged.' }
  }
}

/** Nothing can come after it: no more questions are asked. `declined` stays open for another card. */
export function isFinal(state: Checkout['state']): boolean {
  return state === 'done' || state === 'cancelled' || state === 'expired'
}

/** A payment that was received never goes back to waiting for it, in whatever order the answers come. */
export function mayFollow(before: Checkout['state'], next: Checkout['state']): boolean {
  if (isFinal(before)) return before === next
  if (before === 'waiting_for_platform') return next !== 'waiting_for_payment'
  return true
}
