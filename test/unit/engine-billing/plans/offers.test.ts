import { describe, expect, test } from 'vitest'
import { type OffersInput, offersView } from '../../../../main/engine/billing/plans/offers.ts'
import { catalogFromWire, catalogToWire } from '../../../../shared/billing/catalog-wire.ts'
import { catalogs } from '../../../../shared/generated/catalogs.ts'
import { readObservatory } from '../../../sixth-catalog/observatory.ts'

const now = Date.UTC(2026, 10, 21)
const truss = catalogToWire(catalogs.truss)

function input(changes: Partial<OffersInput> = {}): OffersInput {
  return {
    catalog: catalogFromWire(truss),
    comparison: truss.comparison,
    plan: {
      plan: { id: 'pro', name: 'Pro', price_cents: 2900, currency: 'usd', interval: 'month', subscribed: true, payment_method: 'Visa ending 4242' },
      usage: {},
      limits: {},
      period: { start: '2026-11-09T00:00:00.000Z', end: '2026-12-09T00:00:00.000Z' },
    },
    counters: [
      { metric: 'branches', used: 3, limit: 5, period: 'total', unit: 'count' },
      { metric: 'flag_evaluations', used: 150_000, limit: 2_000_000, period: 'monthly', unit: 'count' },
    ],
    boosters: [],
    requests: [],
    releases: [],
    permissions: catalogs.truss.permissions,
    role: 'tenant_admin',
    capabilities: catalogs.truss.capabilities,
    nowMs: now,
    ...changes,
  }
}

function running({ plan }: OffersInput['plan']) {
  if (plan === null) throw new Error('There is no plan')
  return plan
}

const row = (offers: ReturnType<typeof offersView>, label: string) => offers.rows.find((one) => one.label === label)

describe('the comparison', () => {
  test('has the platform’s rows in its order, and tells limits, words, and what would be over', () => {
    const offers = offersView(input())
    expect(offers.rows.map(({ label }) => label)).toEqual(truss.comparison?.map(({ label }) => label))
    expect(offers.rows).toHaveLength(13)
    expect(row(offers, 'Database branches')?.cells).toEqual([
      { planId: 'starter', limit: 0, words: null, over: true, used: 3 },
      { planId: 'pro', limit: 5, words: null, over: false, used: 3 },
      { planId: 'team', limit: 20, words: null, over: false, used: 3 },
      { planId: 'business', limit: null, words: null, over: false, used: 3 },
    ])
    expect(row(offers, 'Flag log retention')).toMatchObject({ meter: null, seats: false, differs: true })
    expect(row(offers, 'Flag log retention')?.cells.map(({ words }) => words)).toEqual(['7 days', '30 days', '90 days', '365 days'])
    expect(row(offers, 'Seats')).toMatchObject({ seats: true })
  })

  test('what this period has used, the next one will: it is said of a smaller plan; what a minute holds is not', () => {
    expect(row(offersView(input()), 'Flag evaluations / mo')?.cells.map(({ over, limit, used }) => over === (limit !== null && used > limit))).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(row(offersView(input()), 'Flag evaluations / mo')?.cells[0]).toMatchObject({ over: true })
    expect(row(offersView(input()), 'API rate limit / min')?.cells.map(({ over }) => over)).toEqual([false, false, false, false])
  })

  test('of a platform that names no rows there is one for every meter; a row of an unknown meter is left out', () => {
    expect(offersView(input({ comparison: undefined })).rows.map(({ label }) => label)).toEqual(catalogs.truss.meters.map(({ name }) => name))
    expect(offersView(input({ comparison: [{ label: 'Moons', meter: 'moons' }] })).rows).toEqual([])
  })

  test('a row in which all plans agree does not differ', () => {
    const values = { starter: 'yes', pro: 'yes', team: 'yes', business: 'yes' }
    expect(offersView(input({ comparison: [{ label: 'Sky', values }] })).rows[0]).toMatchObject({ differs: false })
    expect(offersView(input({ comparison: [{ label: 'Sky', values: { ...values, team: 'no' } }] })).rows[0]).toMatchObject({ differs: true })
  })
})

describe('plans, seats, boosters', () => {
  test('the current plan is marked and larger ones are those after it', () => {
    expect(offersView(input()).plans.map(({ id, current, larger }) => [id, current, larger])).toEqual([
      ['starter', false, false],
      ['pro', true, false],
      ['team', false, true],
      ['business', false, true],
    ])
  })

  test('seats are there only on a plan that sells them', () => {
    expect(offersView(input()).seats).toBeNull()
    const { plan } = input()
    const team = { ...plan, plan: { ...running(plan), id: 'team', seats: 3 } }
    expect(offersView(input({ plan: team })).seats).toEqual({ included: 5, bought: 3, priceCents: 1500, currency: 'usd', interval: 'month' })
  })

  test('a booster runs until the instant at which it expires, under its name and with what it raises', () => {
    const boosters = [
      {
        id: 'b1',
        booster: 'extra_storage',
        resource: 'storage',
        amount: 10e9,
        quantity: 1,
        purchased_at: '2026-11-10T00:00:00.000Z',
        expires_at: '2026-11-21T00:00:00.001Z',
      },
      {
        id: 'b2',
        booster: 'of_old',
        resource: 'moons',
        amount: 1,
        quantity: 2,
        purchased_at: '2026-11-09T00:00:00.000Z',
        expires_at: '2026-11-21T00:00:00.001Z',
      },
    ]
    expect(offersView(input({ boosters })).running).toMatchObject([
      { id: 'b2', name: 'of_old', resourceName: 'moons' },
      { id: 'b1', name: 'Extra storage', resourceName: 'Storage', unit: 'bytes', byteBase: 'decimal', amount: 10e9 },
    ])
    expect(offersView(input({ boosters, nowMs: now + 1 })).running).toEqual([])
  })

  test('a top-up is offered where the platform says so, whatever the catalog is called', () => {
    expect(offersView(input()).topUp).toBeNull()
    expect(offersView(input({ capabilities: ['top_up'] })).topUp).toEqual({ currency: 'usd' })
  })

  test('an older platform that does not say whether something is subscribed is judged by the way to pay', () => {
    const { plan } = input()
    const { subscribed: _, ...older } = running(plan)
    expect(offersView(input({ plan: { ...plan, plan: older } })).subscribed).toBe(true)
    expect(offersView(input({ plan: { ...plan, plan: { ...older, payment_method: null } } })).subscribed).toBe(false)
  })
})

describe('permission', () => {
  test.each([
    ['truss', 'tenant_admin', 'may'],
    ['truss', 'billing_contact', 'no'],
    ['analytics', 'tenant_admin', 'request'],
    ['analytics', 'platform_admin', 'may'],
  ] as const)('%s, %s: %s', (catalog, role, state) => {
    const { permission } = offersView(input({ permissions: catalogs[catalog].permissions, role }))
    expect(permission.state).toBe(state)
    expect(permission.reason === null).toBe(state === 'may')
  })

  test('of roles that nobody has seen, and of a platform that says nothing of roles', () => {
    const { permissions } = readObservatory()
    expect(offersView(input({ permissions, role: 'astronomer' })).permission).toEqual({
      state: 'request',
      reason: 'Astronomer may request this: Change the instrument. Somebody else approves it.',
    })
    expect(offersView(input({ permissions: null, role: 'anybody' })).permission).toEqual({ state: 'may', reason: null })
  })

  test('requests are newest first, under the names of their plans', () => {
    const request = (id: string, at: string) => ({
      id,
      plan: 'team',
      note: '',
      status: 'pending' as const,
      requested_by: { id: 'm', name: 'Tara' },
      created_at: at,
      decided_by: null,
      decided_at: null,
      answer: null,
    })
    const { requests } = offersView(input({ requests: [request('old', '2026-11-01T00:00:00.000Z'), request('new', '2026-11-20T00:00:00.000Z')] }))
    expect(requests.map(({ id, planName, requestedBy }) => [id, planName, requestedBy])).toEqual([
      ['new', 'Team', 'Tara'],
      ['old', 'Team', 'Tara'],
    ])
  })
})

describe('what follows the plan in force', () => {
  const at = '2026-12-17T00:00:00.000Z'

  test('another plan, by its name', () => {
    const { plan } = input()
    const changing = { ...plan, plan: { ...running(plan), pending_change: { plan: 'starter', at } } }
    expect(offersView(input({ plan: changing }))).toMatchObject({
      pendingChange: { planId: 'starter', planName: 'Starter', at: Date.parse(at) },
      cancelAt: null,
      ended: false,
    })
  })

  test('its end; of an older platform, which names no instant, with the period', () => {
    const { plan } = input()
    expect(offersView(input({ plan: { ...plan, plan: { ...running(plan), cancel_at: at } } })).cancelAt).toBe(Date.parse(at))
    expect(offersView(input({ plan: { ...plan, plan: { ...running(plan), cancel_at_period_end: true } } })).cancelAt).toBe(Date.parse(plan.period.end))
    expect(offersView(input()).cancelAt).toBeNull()
  })

  test('no plan at all: none is current, every one can be chosen, and nothing can be cancelled', () => {
    const { plan } = input()
    const offers = offersView(input({ plan: { ...plan, plan: null } }))
    expect(offers).toMatchObject({ ended: true, subscribed: false, seats: null, pendingChange: null, cancelAt: null })
    expect(offers.plans.map(({ current, larger }) => [current, larger])).toEqual(offers.plans.map(() => [false, true]))
  })
})
