import { describe, expect, it } from 'vitest'
import { servicesOf } from '../../../../main/sandbox/meter/usage/services-of.ts'
import { allocate } from '../../../../shared/billing/cost.ts'
import { catalogs } from '../../../../shared/generated/catalogs.ts'

describe('the services that use may name', () => {
  it('are those of the catalog’s allocation: by their name, or by their owner’s', () => {
    const { analytics } = catalogs
    expect(servicesOf(analytics, { id: 'llm_tokens', group: null })).toEqual(['ai_service'])
    expect(servicesOf(analytics, { id: 'compute_minutes', group: null })).toEqual(['ai_service', 'ml_training', 'ml_serving'])
  })

  it('are the meter’s group without an allocation, and none where there is no group', () => {
    expect(servicesOf({}, { id: 'attestations', group: 'Core' })).toEqual(['Core'])
    expect(servicesOf({}, { id: 'bandwidth', group: null })).toEqual([])
  })

  it('cost as much at the same place as use that names none: every one of them is its own', () => {
    for (const catalog of Object.values(catalogs)) {
      for (const meter of catalog.meters) {
        const places = servicesOf(catalog, meter).map((service) => allocate(catalog, meter, service))
        if (places.length > 0) expect(places).toContainEqual(allocate(catalog, meter, ''))
        expect(new Set(places.map(({ service, category }) => `${service}/${category}`)).size).toBe(places.length)
      }
    }
  })
})
