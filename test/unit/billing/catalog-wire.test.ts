import { describe, expect, test } from 'vitest'
import { catalogFromWire, catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import { plansResponse } from '../../../shared/contract/platform.ts'
import { catalogIds, catalogs } from '../../../shared/generated/catalogs.ts'
import { readObservatory } from '../../sixth-catalog/observatory.ts'
import { exampleCatalog } from './example-catalog.ts'

describe.each([...catalogIds.map((id) => catalogs[id]), exampleCatalog, readObservatory()])('catalog $id on the wire', (catalog) => {
  const overTheWire = plansResponse.parse(JSON.parse(JSON.stringify(catalogToWire(catalog))))

  test('what the console reads back colours, limits and refuses as the platform does', () => {
    const known = catalogFromWire(overTheWire)
    expect(known.id).toBe(catalog.id)
    expect(known.thresholds).toEqual(catalog.thresholds)
    expect(known.plans.map(({ id, priceCents, limits }) => ({ id, priceCents, limits }))).toEqual(
      catalog.plans.map(({ id, priceCents, limits }) => ({ id, priceCents, limits })),
    )
    // Where a number comes from, and what the platform counts by itself, is told to nobody.
    expect(known.meters).toEqual(catalog.meters.map(({ countsRequests: _, ...meter }) => ({ ...meter, source: 'seed' })))
    expect(overTheWire.costs?.services.map(({ id, categories }) => [id, categories.map((category) => category.id)])).toEqual(
      catalog.costs?.services.map(({ id, categories }) => [id, categories.map((category) => category.id)]),
    )
    expect(known.boosters.map(({ resource, amount }) => [resource, amount])).toEqual(catalog.boosters.map(({ resource, amount }) => [resource, amount]))
  })
})

test('unlimited is -1 on the wire', () => {
  expect(catalogToWire(exampleCatalog).plans.at(-1)?.limits.branches).toBe(-1)
})

test('an older platform that says less is understood', () => {
  const known = catalogFromWire(
    plansResponse.parse({
      catalog: 'old',
      meters: [{ id: 'things', name: 'Things', unit: 'count', period: 'total', enforcement: 'refuse' }],
      plans: [],
      boosters: [],
      thresholds: { levels: [] },
    }),
  )
  expect(known.meters[0]).toMatchObject({
    description: '',
    plural: 'Things',
    draws: 'none',
    refusalStatus: 403,
    byteBase: 'decimal',
    aliases: [],
    aggregation: 'sum',
    seats: false,
    unitPrice: null,
  })
})
