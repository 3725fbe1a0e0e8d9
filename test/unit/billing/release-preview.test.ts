import { describe, expect, test } from 'vitest'
import { catalogFromWire, catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import { releaseByPlan } from '../../../shared/billing/release-preview.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
// As the console has it: from the platform's answer, not from the YAML.
const catalog = catalogFromWire(catalogToWire(catalogs['layer-a']))
const freeLimits = { sync_operations: 1000, encrypted_bytes: 25 * MIB, api_sub_keys: 2, sync_devices: 2 }

describe('what each plan would release', () => {
  test('a full Free plan: nothing there, everything with Pro or Team', () => {
    const queue = { sizesBytes: new Float64Array(2000).fill(10_000) }
    const usage = { sync_operations: 400, encrypted_bytes: 25 * MIB, api_sub_keys: 2, sync_devices: 1 }
    const previews = releaseByPlan({ catalog, currentPlanId: 'free', usage, limits: freeLimits, queue })
    expect(previews.map(({ plan, current, release }) => [plan.id, current, release.releasedCount, release.staysBytes, release.stoppedBy])).toEqual([
      ['free', true, 0, 20_000_000, 'encrypted_bytes'],
      ['pro', false, 2000, 0, null],
      ['team', false, 2000, 0, null],
    ])
  })

  test('part of it, where a plan has room for part of it', () => {
    const queue = { sizesBytes: new Float64Array(7).fill(GIB) }
    const previews = releaseByPlan({ catalog, currentPlanId: 'free', usage: { encrypted_bytes: 0.5 * GIB }, limits: freeLimits, queue })
    expect(previews[1]?.release).toMatchObject({ releasedCount: 4, staysCount: 3, stoppedBy: 'encrypted_bytes' })
    expect(previews[2]?.release).toMatchObject({ releasedCount: 7, staysCount: 0, stoppedBy: null })
  })

  test('from Free to a paid plan a new period starts: monthly counters at zero, total ones go on', () => {
    const previews = releaseByPlan({
      catalog,
      currentPlanId: 'free',
      usage: { sync_operations: 1000, encrypted_bytes: 7 },
      limits: freeLimits,
      queue: { sizesBytes: [1] },
    })
    expect(previews.map(({ usage }) => [usage.sync_operations, usage.encrypted_bytes])).toEqual([
      [1000, 7],
      [0, 7],
      [0, 7],
    ])
    expect(previews.map(({ release }) => release.stoppedBy)).toEqual(['sync_operations', null, null])
  })

  test('between paid plans the counters go on, and a smaller plan shows what would be over', () => {
    const usage = { sync_operations: 60_000, encrypted_bytes: 6 * GIB, api_sub_keys: 10, sync_devices: 3 }
    const limits = { sync_operations: 500_000, encrypted_bytes: 100 * GIB, api_sub_keys: 50, sync_devices: 25 }
    const pro = releaseByPlan({ catalog, currentPlanId: 'team', usage, limits, queue: { sizesBytes: [] } })[1]
    expect(pro?.over).toEqual([
      { meterId: 'sync_operations', used: 60_000, limit: 50_000 },
      { meterId: 'encrypted_bytes', used: 6 * GIB, limit: 5 * GIB },
    ])
  })

  test('what was bought on top of the plan counts in the others as well', () => {
    const limits = { ...freeLimits, encrypted_bytes: 35 * MIB }
    const previews = releaseByPlan({ catalog, currentPlanId: 'free', usage: {}, limits, queue: { sizesBytes: [] } })
    expect(previews.map((preview) => preview.limits.encrypted_bytes)).toEqual([35 * MIB, 5 * GIB + 10 * MIB, 100 * GIB + 10 * MIB])
  })

  test('a plan that the catalog does not know leaves every plan as it is written', () => {
    const previews = releaseByPlan({ catalog, currentPlanId: 'gone', usage: { sync_operations: 5 }, limits: freeLimits, queue: { sizesBytes: [1] } })
    expect(previews.map(({ current, limits, usage }) => [current, limits.sync_devices, usage.sync_operations])).toEqual([
      [false, 2, 5],
      [false, 5, 5],
      [false, 25, 5],
    ])
  })
})
