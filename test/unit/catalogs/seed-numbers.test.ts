import { describe, expect, test } from 'vitest'
import type { Catalog } from '../../../shared/billing/catalog.ts'
import { isInForce, planOf } from '../../../shared/billing/catalog.ts'
import { effectiveLimit, planLimit } from '../../../shared/billing/effective-limit.ts'
import { limitToWire } from '../../../shared/billing/limit.ts'
import { grantOf } from '../../../shared/billing/permission.ts'
import { amountText } from '../../../shared/billing/quantity-text.ts'
import { decideQuota } from '../../../shared/billing/quota.ts'
import { levelAtPercent } from '../../../shared/billing/thresholds.ts'
import { catalogIds, catalogs } from '../../../shared/generated/catalogs.ts'
import { vectors } from '../billing/vectors.ts'
import { readObservatory } from '../../sixth-catalog/observatory.ts'

/** A catalog's plan comparison as a person reads it. */
function comparisonOf(catalog: Catalog): string[][] {
  return catalog.comparison.map((row) => [
    row.label,
    ...catalog.plans.map((plan) => {
      if ('values' in row) return row.values[plan.id] ?? ''
      const meter = catalog.meters.find(({ id }) => id === row.meterId)
      return meter === undefined ? '' : amountText(meter, planLimit(plan, meter))
    }),
  ])
}

describe('truss', () => {
  const { truss } = catalogs

  test('thirteen rows of four plans, as the seed prints them', () => {
    expect(truss.plans.map(({ name, priceCents }) => [name, priceCents])).toEqual([
      ['Starter', 900],
      ['Pro', 2900],
      ['Team', 8900],
      ['Business', 29_900],
    ])
    expect(comparisonOf(truss)).toEqual([
      ['Projects', '1', '5', '25', 'unlimited'],
      ['Database size', '1 GB', '15 GB', '100 GB', '500 GB'],
      ['Storage', '2 GB', '150 GB', '500 GB', '2 TB'],
      ['Auth MAU', '2,000', '100,000', '500,000', '2,000,000'],
      ['Bandwidth', '5 GB', '100 GB', '500 GB', '5 TB'],
      ['Database branches', '0', '5', '20', 'unlimited'],
      ['API rate limit / min', '100', '1,000', '5,000', '50,000'],
      ['Seats', '1', '1', '5', '10'],
      ['Feature flags', '15', '75', '300', 'unlimited'],
      ['Flag segments', '10', '30', '150', 'unlimited'],
      ['Flag evaluations / mo', '100,000', '2,000,000', '10,000,000', 'unlimited'],
      ['Flag log retention', '7 days', '30 days', '90 days', '365 days'],
      ['Gateway rules', '50', '150', '500', 'unlimited'],
    ])
  })

  test('seats are sold with Team and Business, at $15', () => {
    expect(truss.plans.map(({ seatPriceCents }) => seatPriceCents)).toEqual([null, null, 1500, 1500])
  })

  test('four boosters with the amounts of the seed; a Pro plan with extra storage has 160 GB', () => {
    expect(truss.boosters.map(({ name, amount }) => [name, amount])).toEqual([
      ['Extra storage', 10e9],
      ['Extra MAU', 5000],
      ['Extra API requests', 500_000],
      ['Extra branches', 5],
    ])
    const storage = truss.meters.find(({ id }) => id === 'storage')
    const boosters = [{ resource: 'storage', amount: 10e9, quantity: 1, purchasedAt: 0, expiresAt: 2 }]
    expect(storage && effectiveLimit(planOf(truss, 'pro'), storage, { boosters, seats: 0 }, 1)).toBe(160e9)
  })

  test('a refusal reads as the seed prints it', () => {
    const { resource, answer } = vectors.quota_reason
    const decision = decideQuota(truss, { planId: 'pro', resource, used: answer.current, atMs: 0 })
    expect({ allowed: decision.allowed, current: decision.current, limit: limitToWire(decision.limit), resource, reason: decision.reason }).toEqual(answer)
    expect(decision.meter.refusalStatus).toBe(403)
    expect(decideQuota(truss, { planId: 'starter', resource, used: 0, atMs: 0 }).reason).toBe('Branch limit reached (0/0). Upgrade to Pro for 5 branches.')
  })

  test.each(vectors.colours.truss)('at %d %% it is %s', (percent, level) => {
    expect(levelAtPercent(truss.thresholds, percent).level).toBe(level)
  })
})

describe('truthlocks', () => {
  const { truthlocks } = catalogs

  test('sixteen metrics in the four groups of the seed', () => {
    expect(
      Object.groupBy(
        truthlocks.meters.map(({ id, group }) => ({ id, group })),
        ({ group }) => group ?? '',
      ),
    ).toEqual(
      Object.fromEntries(
        Object.entries({
          Core: ['attestations.mint', 'verifications_monthly', 'storage_bytes', 'proof_bundles', 'webhook_endpoints', 'webhook_deliveries', 'seats'],
          MAIP: ['maip.agents', 'maip.sessions', 'maip.trust_computes', 'maip.compliance_checks'],
          AI: ['ai.dataset_attestations', 'ai.model_attestations'],
          'Anti-Fraud': ['antifraud.risk_signals', 'antifraud.deepfake_scans', 'antifraud.velocity_records'],
        }).map(([group, ids]) => [group, ids.map((id) => ({ id, group }))]),
      ),
    )
    expect(truthlocks.meters.filter(({ unit }) => unit === 'bytes').map(({ id }) => id)).toEqual(['storage_bytes'])
  })

  test('what a plan leaves out says so, and where it is to be had', () => {
    expect(decideQuota(truthlocks, { planId: 'developer', resource: 'antifraud.deepfake_scans', used: 0, atMs: 0 }).reason).toBe(
      'Deepfake scan is not part of Developer. Upgrade to Business for 500 deepfake scans.',
    )
  })
})

describe('analytics', () => {
  const { analytics } = catalogs

  test('three plans as the seed prints them', () => {
    expect(analytics.plans.map(({ name, priceCents }) => [name, priceCents])).toEqual([
      ['Starter', 9900],
      ['Professional', 49_900],
      ['Enterprise', null],
    ])
    expect(comparisonOf(analytics)).toEqual([
      ['LLM Tokens/Month', '500,000', '5,000,000', 'unlimited'],
      ['Queries/Month', '10,000', '100,000', 'unlimited'],
      ['Storage', '10 GB', '100 GB', '1 TB'],
      ['Users', '5', '25', 'unlimited'],
    ])
  })

  test('each category has the metering rule of the seed', () => {
    expect(analytics.meters.flatMap(({ id, metering, aggregation }) => (metering === null ? [] : [[id, metering, aggregation]]))).toEqual([
      ['llm_tokens', 'Per request', 'sum'],
      ['queries', 'Per execution', 'sum'],
      ['storage', 'Peak daily', 'peak_daily'],
      ['api_requests', 'Per call', 'sum'],
      ['compute_minutes', 'Per minute', 'sum'],
    ])
  })

  // The seed's "Yes" and "All" of the Platform Admin are every tenant, the "Yes" of the others is their own.
  test.each([
    ['view_usage', 'all', 'own', 'own'],
    ['view_invoices', 'all', 'own', 'own'],
    ['update_plan', 'all', 'request', 'no'],
    ['manage_payment', 'all', 'own', 'own'],
    ['set_budget_alerts', 'all', 'own', 'own'],
  ])('%s: Platform Admin %s, Tenant Admin %s, Billing Contact %s', (action, ...grants) => {
    expect(['platform_admin', 'tenant_admin', 'billing_contact'].map((role) => grantOf(analytics.permissions, role, action))).toEqual(grants)
  })

  test.each([
    [79.9, 'normal'],
    [80, 'amber'],
    [95, 'red'],
    [100, 'red'],
    [100.1, 'over'],
  ])('at %d %% it is %s', (percent, level) => {
    expect(levelAtPercent(analytics.thresholds, percent).level).toBe(level)
  })
})

test('triform: the freemium plan alone has a hard wall', () => {
  expect(catalogs.triform.plans.map(({ id, hardWall }) => [id, hardWall])).toEqual([
    ['freemium', true],
    ['starter', false],
    ['scaler', false],
    ['pro', false],
    ['enterprise', false],
  ])
})

describe.each([...catalogIds.map((id) => catalogs[id]), readObservatory()])('in catalog $id', (catalog) => {
  test('no template has a placeholder that nothing fills', () => {
    const known = ['subject', 'used', 'limit', 'requested', 'current_plan', 'plan', 'plan_limit', 'booster', 'amount']
    const used = Object.values(catalog.reasons).flatMap((template) => [...template.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name))
    expect(used.filter((name) => !known.includes(name ?? ''))).toEqual([])
  })

  test('a larger plan never has less of anything', () => {
    for (const meter of catalog.meters) {
      const limits = catalog.plans.map((plan) => limitToWire(planLimit(plan, meter))).map((limit) => (limit === -1 ? Number.POSITIVE_INFINITY : limit))
      expect(limits, meter.id).toEqual(limits.toSorted((one, other) => one - other))
    }
  })

  test('every refusal is words without a leftover placeholder', () => {
    for (const plan of catalog.plans) {
      for (const meter of catalog.meters) {
        const limit = planLimit(plan, meter)
        if (typeof limit !== 'number') continue
        const { reason } = decideQuota(catalog, { planId: plan.id, resource: meter.id, used: limit, atMs: 0 })
        const isPriced = meter.enforcement === 'bill' && isInForce(meter, plan)
        expect(reason).toMatch(isPriced ? /^Beyond the plan: [^{}]+ × [^{}]+ = [^{}]+\d$/ : /^[A-Z][^{}]+\.$/)
      }
    }
  })
})
