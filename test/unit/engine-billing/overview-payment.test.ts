import { expect, test } from 'vitest'
import { overviewCalls, type OverviewCallParts } from '../../../main/engine/calls/overview-calls.ts'

const NET_30 = { id: 'invoice', name: 'Invoice', description: '', eligible: true, due_days: 30, current: true }
const CARD = { id: 'card', name: 'Credit card', description: '', eligible: true, due_days: 0, current: false }

async function paymentMethod(onFile: string | null, methods: readonly unknown[] | null): Promise<string | null | undefined> {
  const plan = { id: 'enterprise', name: 'Enterprise', price_cents: 240_000, currency: 'usd', interval: 'month', payment_method: onFile }
  const period = { start: '2026-11-18T00:00:00Z', end: '2026-12-18T00:00:00Z' }
  const calls = overviewCalls({
    view: () => ({ plan: { plan, period }, period: { startMs: 0, endMs: 1 }, catalog: null, counters: [] }),
    documents: { read: (_: string, topic: string) => (topic === 'payment_methods' && methods !== null ? { methods } : null) },
    outbox: { heldByMeter: () => [], tally: () => ({ held: { count: 0, bytes: 0 } }) },
    activity: { newest: () => [] },
    sync: { checkoutStatus: () => null },
    clock: { now: () => 0 },
  } as unknown as OverviewCallParts)
  return (await calls['overview.read']({ workspaceId: 'w' })).plan?.paymentMethod
}

test('the overview names the way to pay: what is on file, else the method in use as the invoices page has it, else nothing', async () => {
  expect(await paymentMethod('Visa ending 4242', [NET_30])).toBe('Visa ending 4242')
  expect(await paymentMethod(null, [CARD, NET_30])).toBe('Invoice')
  expect(await paymentMethod(null, [CARD])).toBeNull()
  expect(await paymentMethod(null, null)).toBeNull()
})
