import { describe, expect, test } from 'vitest'
import { grantOf, permit } from '../../../shared/billing/permission.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'
import { exampleCatalog } from './example-catalog.ts'

describe('permit', () => {
  test.each([
    ['chief', 'view', true, true],
    ['chief', 'view', false, true],
    ['member', 'view', true, true],
    ['member', 'view', false, false],
    ['chief', 'spend', false, true],
    ['member', 'spend', true, 'request'],
    ['member', 'spend', false, false],
    ['guest', 'spend', true, false],
    ['nobody', 'view', true, false],
    ['chief', 'fly', true, false],
    ['toString', 'view', true, false],
  ])('%s, %s, own tenant %s: %s', (role, action, ownTenant, allowed) => {
    expect(permit(exampleCatalog, role, action, { ownTenant }).allowed).toBe(allowed)
  })

  test('a refusal says why, and whom to ask', () => {
    expect(permit(exampleCatalog, 'guest', 'spend', { ownTenant: true })).toEqual({ allowed: false, reason: 'Guest may not do this: Spend. Ask a Chief.' })
    expect(permit(exampleCatalog, 'member', 'view', { ownTenant: false })).toEqual({
      allowed: false,
      reason: 'Member may do this in the own tenant only: View.',
    })
    expect(permit(exampleCatalog, 'member', 'spend', { ownTenant: true })).toMatchObject({
      reason: 'Member may request this: Spend. Somebody else approves it.',
    })
  })
})

test('layer-a: the Tenant Admin changes the plan without asking, the Billing Contact does not', () => {
  const { permissions } = catalogs['layer-a']
  expect(permissions.roles.map(({ id }) => grantOf(permissions, id, 'update_plan'))).toEqual(['all', 'own', 'no'])
})
