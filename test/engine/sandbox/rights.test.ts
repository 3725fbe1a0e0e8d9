import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyNot, whyNotRetention } from '../../../main/engine/billing/permissions.ts'
import { offersView } from '../../../main/engine/billing/plans/offers.ts'
import { portalAllowsOf, refuseRightsNobodyLimits } from '../../../main/sandbox/polar/portal-rights.ts'
import { chosenInAddress } from '../../../renderer/pages/plans/plan-address.ts'
import { catalogFromWire, catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'
import { SandboxFixture } from './fixture.ts'

/** What a role can do by a way: all of it, ask somebody else, or nothing. */
type Right = 'may' | 'request' | 'no'
type Way = (role: string, catalog: 'truss' | 'analytics') => Promise<Right>

let fixture: SandboxFixture
beforeAll(async () => {
  fixture = await SandboxFixture.start()
})
afterAll(() => fixture.stop())

async function status(role: string, catalog: string, method: string, path: string, body?: object): Promise<number> {
  const response = await fetch(`${fixture.sandbox.url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${fixture.token(role, catalog)}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  await response.arrayBuffer()
  return response.status
}

async function openPortal(role: string, catalog: string): Promise<{ url: string; page: string }> {
  const { value } = await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { role, catalog })
  return { url: value.url, page: await (await fetch(value.url)).text() }
}

/** By a form of the portal's own, which a member without the right was not shown: the seal is that of the card. */
async function inPortal(role: string, catalog: string, action: 'change' | 'cancel' | 'resume' | 'keep'): Promise<Right> {
  const { url, page } = await openPortal(role, catalog)
  if (page.includes(`/portal/${action}`)) return 'may'
  const seal = /name="seal" value="([^"]+)"/.exec(page)?.[1] ?? ''
  const address = url.replace('/portal?', `/portal/${action}?`)
  const answer = await fetch(address, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ seal, product: '' }),
    headers: { Origin: fixture.sandbox.url },
  })
  return answer.status === 403 ? 'no' : 'may'
}

function offersOf(role: string, catalog: 'truss' | 'analytics') {
  const wire = catalogToWire(catalogs[catalog])
  const [, running] = catalogs[catalog].plans
  return offersView({
    catalog: catalogFromWire(wire),
    comparison: wire.comparison,
    plan: {
      plan: { id: running?.id ?? '', name: '', price_cents: running?.priceCents ?? 0, currency: 'usd', interval: 'month' },
      usage: {},
      limits: {},
      period: { start: '2026-11-09T00:00:00.000Z', end: '2026-12-09T00:00:00.000Z' },
    },
    counters: [],
    boosters: [],
    requests: [],
    releases: [],
    permissions: catalogs[catalog].permissions,
    role,
    capabilities: [],
    nowMs: 0,
  })
}

const NOTHING_SOLD = { plan: 'nothing-of-that-name' }
const mayUnless403 = (answered: number): Right => (answered === 403 ? 'no' : 'may')

/** Who may only ask is refused as who may not: asking is a way of its own. */
const plans = { platform_admin: 'may', tenant_admin: 'may', billing_contact: 'no' } as const
const plansWhereAsked = { ...plans, tenant_admin: 'no' } as const
const all = { platform_admin: 'may', tenant_admin: 'may', billing_contact: 'may' } as const

type Row = { action: string; way: string; act: Way; truss: Record<string, Right>; analytics: Record<string, Right> }
const rows: Row[] = [
  {
    action: 'update the plan',
    way: 'API',
    act: async (role, catalog) => mayUnless403(await status(role, catalog, 'POST', '/api/billing/checkout', NOTHING_SOLD)),
    truss: plans,
    analytics: plansWhereAsked,
  },
  {
    action: 'buy a booster',
    way: 'API',
    act: async (role, catalog) => mayUnless403(await status(role, catalog, 'POST', '/api/billing/checkout', { booster: 'nothing-of-that-name' })),
    truss: plans,
    analytics: plansWhereAsked,
  },
  {
    action: 'change the seats',
    way: 'API',
    // Neither catalog's running plan sells seats, which is told only to whoever might buy them.
    act: async (role, catalog) => mayUnless403(await status(role, catalog, 'POST', '/api/billing/checkout', { seats: 1 })),
    truss: plans,
    analytics: plansWhereAsked,
  },
  {
    action: 'ask for another plan',
    way: 'API',
    act: async (role, catalog) => {
      const answered = await status(role, catalog, 'POST', '/api/billing/plan-requests', NOTHING_SOLD)
      return answered === 403 ? 'no' : answered === 409 ? 'may' : 'request'
    },
    truss: plans,
    analytics: { ...plans, tenant_admin: 'request' },
  },
  {
    action: 'approve a request',
    way: 'API',
    act: async (role, catalog) => mayUnless403(await status(role, catalog, 'POST', '/api/billing/plan-requests/none/approve', {})),
    truss: plans,
    analytics: plansWhereAsked,
  },
  {
    action: 'update the plan',
    way: 'page',
    act: async (role, catalog) => offersOf(role, catalog).permission.state,
    truss: plans,
    analytics: { ...plans, tenant_admin: 'request' },
  },
  {
    action: 'update the plan',
    way: 'deep link',
    act: async (role, catalog) => {
      const offers = offersOf(role, catalog)
      const [smallest] = catalogs[catalog].plans
      return chosenInAddress(offers, smallest?.id ?? '', offers.permission.reason) === null ? 'no' : 'may'
    },
    truss: plans,
    analytics: plansWhereAsked,
  },
  ...(['change', 'cancel', 'resume', 'keep'] as const).map(
    (action): Row => ({
      action: `${action} the plan`,
      way: 'portal',
      act: (role, catalog) => inPortal(role, catalog, action),
      truss: plans,
      analytics: plansWhereAsked,
    }),
  ),
  {
    action: 'manage payment',
    way: 'API',
    act: async (role, catalog) => mayUnless403(await status(role, catalog, 'POST', '/api/billing/portal')),
    truss: all,
    analytics: all,
  },
  {
    action: 'manage payment',
    way: 'portal',
    act: async (role, catalog) => ((await openPortal(role, catalog)).page.includes('/portal/card') ? 'may' : 'no'),
    truss: all,
    analytics: all,
  },
  {
    action: 'view invoices',
    way: 'portal',
    act: async (role, catalog) => ((await openPortal(role, catalog)).page.includes('/polar/invoices/') ? 'may' : 'no'),
    truss: all,
    analytics: all,
  },
  {
    action: 'view invoices',
    way: 'API',
    act: async (role, catalog) => mayUnless403(await status(role, catalog, 'GET', '/api/billing/invoices')),
    truss: all,
    analytics: all,
  },
  {
    action: 'view usage',
    way: 'API',
    act: async (role, catalog) => mayUnless403(await status(role, catalog, 'GET', '/api/billing/usage')),
    truss: all,
    analytics: all,
  },
  {
    action: 'set budget alerts',
    way: 'API',
    // What is no alert is refused after who asks.
    act: async (role, catalog) => mayUnless403(await status(role, catalog, 'DELETE', '/api/billing/alerts?id=none')),
    truss: all,
    analytics: all,
  },
  {
    action: 'set the audit retention',
    way: 'API',
    act: async (role, catalog) => mayUnless403(await status(role, catalog, 'PUT', '/api/billing/settings', { key: 'audit_log_retention_days', value: '' })),
    truss: plans,
    analytics: plans,
  },
  {
    action: 'set the audit retention',
    way: 'page',
    act: async (role, catalog) => (whyNotRetention({ record: { role }, permissions: catalogs[catalog].permissions }) === null ? 'may' : 'no'),
    truss: plans,
    analytics: plans,
  },
  ...(['manage_payment', 'view_usage', 'view_invoices', 'set_budget_alerts'] as const).map(
    (action): Row => ({
      action,
      way: 'page',
      act: async (role, catalog) => (whyNot({ record: { role }, permissions: catalogs[catalog].permissions }, action) === null ? 'may' : 'no'),
      truss: all,
      analytics: all,
    }),
  ),
  {
    action: 'set the billing e-mail',
    way: 'API',
    act: async (role, catalog) => mayUnless403(await status(role, catalog, 'PUT', '/api/billing/settings', { key: 'billing_email', value: 'pay@example.com' })),
    truss: all,
    analytics: all,
  },
]

const cells = rows.flatMap((row) =>
  (['truss', 'analytics'] as const).flatMap((catalog) =>
    Object.entries(row[catalog]).map(([role, right]) => ({ role, catalog, action: row.action, way: row.way, right, act: row.act })),
  ),
)

describe('rights hold through every way', () => {
  test.each(cells)('$catalog: $role, $action by $way: $right', async ({ role, catalog, right, act }) => {
    expect(await act(role, catalog)).toBe(right)
  })
})

describe('a real portal, whose sessions take no rights', () => {
  const account = (catalog: 'truss' | 'analytics') => ({
    catalog: catalogs[catalog],
    workspace: { id: 'own', base_plan_id: null },
    plan: catalogs[catalog].plans[1],
  })
  const opened = (catalog: 'truss' | 'analytics', role: string, allows: readonly ('change' | 'cancel')[]): string | null => {
    try {
      refuseRightsNobodyLimits(account(catalog) as never, { role, homeWorkspaceId: 'own' }, allows)
      return null
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : 'unexpected'
    }
  }

  test.each([
    ['truss', 'tenant_admin', null],
    ['truss', 'billing_contact', 'forbidden'],
    ['analytics', 'platform_admin', null],
    ['analytics', 'tenant_admin', 'forbidden'],
  ] as const)('%s, %s: %s where it allows anything about plans', (catalog, role, code) => {
    for (const allows of [['cancel'], ['change'], ['change', 'cancel']] as const) expect(opened(catalog, role, allows)).toBe(code)
    expect(opened(catalog, role, [])).toBeNull()
  })

  test('the operator says what it allows; who says nothing has not limited it', () => {
    expect(portalAllowsOf(undefined)).toEqual(['change', 'cancel'])
    expect(portalAllowsOf('none')).toEqual([])
    expect(portalAllowsOf('cancel')).toEqual(['cancel'])
    expect(() => portalAllowsOf('everything')).toThrow('POLAR_PORTAL_ALLOWS')
  })
})
