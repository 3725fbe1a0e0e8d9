import { expect, test } from 'vitest'
import { meterOf } from '../../../shared/billing/catalog.ts'
import { freedBy, roomComesAgain } from '../../../shared/billing/meter-kinds.ts'
import { quotaAdvice } from '../../../shared/billing/quota-advice.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const advice = (id: keyof typeof catalogs, planId: string, metric: string, requested = 1): string => {
  const catalog = catalogs[id]
  const limit = catalog.plans.find((plan) => plan.id === planId)?.limits[metric] ?? 0
  return quotaAdvice(catalog, { meter: meterOf(catalog, metric), planId, used: Number(limit), requested, limit })
}

test.each([
  ['layer-a', 'free', 'sync_operations', 'Upgrade to Pro or wait for the next period.'],
  ['layer-a', 'free', 'encrypted_bytes', 'Upgrade to Pro or delete what is no longer needed.'],
  ['layer-a', 'free', 'sync_devices', 'Upgrade to Pro or close a session.'],
  ['layer-a', 'free', 'api_sub_keys', 'Upgrade to Pro or revoke a sub-key.'],
  ['layer-a', 'team', 'sync_devices', 'Close a session.'],
  ['truss', 'pro', 'branches', 'Upgrade to Team, buy a booster, or delete what is no longer needed.'],
  ['truss', 'pro', 'auth_mau', 'Upgrade to Team, buy a booster, or wait for the next period.'],
  ['truss', 'pro', 'api_rate', 'Upgrade to Team or wait for the next minute.'],
  ['truss', 'team', 'seats', 'Upgrade to Business, buy seats, or delete what is no longer needed.'],
  // Nothing to delete of what is not included, and no period brings it.
  ['truss', 'starter', 'branches', 'Upgrade to Pro or buy a booster.'],
] as const)('%s %s, %s: %s', (id, planId, metric, words) => {
  expect(advice(id, planId, metric)).toBe(words)
})

test('what is larger than the whole limit does not fit the next period either', () => {
  expect(advice('layer-a', 'team', 'sync_operations', 10_000_000)).toBe('Ask the platform for more room.')
})

test('nobody is told to wait for a meter that does not reset, nor to delete what was used', () => {
  for (const catalog of Object.values(catalogs)) {
    for (const meter of catalog.meters) {
      if (meter.period === 'total') expect(roomComesAgain(meter), meter.id).toBeNull()
      if (meter.aggregation === 'sum' && meter.draws === 'none') expect(freedBy(meter), meter.id).toBeNull()
    }
  }
})
