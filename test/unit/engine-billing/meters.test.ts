import { expect, test } from 'vitest'
import { readMeters } from '../../../main/engine/billing/meters.ts'
import { catalogFromWire, catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import { exampleCatalog } from '../billing/example-catalog.ts'

const MANY = 2_000

test('each meter and each counter is looked at a few times, however many there are', () => {
  let looks = 0
  const counted = <T extends object>(value: T, key: keyof T & string, name: string): T =>
    Object.defineProperty({ ...value }, key, {
      enumerable: true,
      get: () => {
        looks += 1
        return name
      },
    })
  const base = catalogFromWire(catalogToWire(exampleCatalog))
  const [meter] = base.meters
  if (meter === undefined) throw new Error('The example catalog has no meters')
  const meters = Array.from({ length: MANY }, (_, index) => counted(meter, 'id', `meter-${index}`))
  const counter: Counter = { metric: '', used: 1, limit: 10, period: 'total', unit: 'count' }
  const counters = Array.from({ length: 2 * MANY }, (_, index) => counted(counter, 'metric', `meter-${index}`))
  looks = 0
  const shown = readMeters({ ...base, meters }, counters, [])
  expect(shown.map(({ id }) => id)).toEqual(Array.from({ length: 2 * MANY }, (_, index) => `meter-${index}`))
  expect(looks).toBeLessThanOrEqual(10 * 3 * MANY)
})
