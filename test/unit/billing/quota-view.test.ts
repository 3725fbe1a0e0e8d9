import { expect, test } from 'vitest'
import { quotaView } from '../../../main/engine/billing/quota-view.ts'
import type { TopicBody } from '../../../main/engine/sync/documents/documents.ts'

const pro = {
  plan: { id: 'pro', name: 'Pro', price_cents: 1900, currency: 'USD', interval: 'month', seats: 0 },
  usage: { encrypted_bytes: 7 },
  limits: { encrypted_bytes: 5_000, sync_operations: 50_000 },
  period: { start: '2026-11-17T00:00:00Z', end: '2026-12-17T00:00:00Z' },
} satisfies TopicBody<'plan'>

/** The terms before and after the document became another one. */
function terms(before: TopicBody<'plan'> | null, after: TopicBody<'plan'> | null): [unknown, unknown] {
  let document = before
  let revision = { topic: 'plan' }
  // `read` answers by topic; only the plan is asked for here.
  const view = quotaView({ read: (() => document) as never, list: () => [], revision: () => revision })
  const first = view.planTerms('one')
  document = after
  revision = { topic: 'plan' }
  return [first, view.planTerms('one')]
}

test('what a plan allows is the same whatever was used of it, and however its limits are ordered', () => {
  const [before, after] = terms(pro, { ...pro, usage: { encrypted_bytes: 8 }, limits: { sync_operations: 50_000, encrypted_bytes: 5_000 } })
  expect(after).toBe(before)
})

test('it is another with another plan, seat, limit or period, and when a subscription ends', () => {
  const others: (TopicBody<'plan'> | null)[] = [
    { ...pro, plan: { ...pro.plan, id: 'team' } },
    { ...pro, plan: { ...pro.plan, seats: 2 } },
    { ...pro, limits: { ...pro.limits, encrypted_bytes: 10_000 } },
    { ...pro, period: { ...pro.period, start: '2026-12-17T00:00:00Z' } },
    { ...pro, plan: null },
    null,
  ]
  for (const other of others) {
    const [before, after] = terms(pro, other)
    expect(after).not.toBe(before)
  }
})
