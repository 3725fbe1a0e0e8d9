/** A kind of meter that nothing in the product has heard of, by one entry in the registry: from the catalog's file to the console's page. */
import { HIGHEST } from './sixth-kind.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { catalogFromWire, catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import type { Catalog, Meter } from '../../../shared/billing/catalog.ts'
import { dayOf } from '../../../shared/billing/cost-day.ts'
import { MICROS_PER_MINOR, minorOfUnits } from '../../../shared/billing/statement.ts'
import { aggregations } from '../../../shared/billing/meter-kinds.ts'
import { metersFile } from '../../../shared/catalogs/schema.ts'
import { plansResponse } from '../../../shared/contract/platform.ts'
import { pricePeriod } from '../../../main/sandbox/costs/period-costs.ts'
import { writeBillableUnits } from '../../../main/sandbox/overage/billable-units.ts'
import { kindOf } from '../../../main/engine/billing/usage/meter-past.ts'
import { Catalogs } from '../../../main/sandbox/catalogs.ts'
import { DAY_MS, HOUR_MS, MeteredAccount, meteredCatalog } from './fixture.ts'

const [calls] = meteredCatalog.meters
const seats: Meter = { ...calls, id: 'seats', name: 'Seats', aliases: [], aggregation: HIGHEST, unitPrice: { cents: 300, per: 1 } }
const [only] = meteredCatalog.plans
const catalog: Catalog = { ...meteredCatalog, meters: [seats], plans: [{ ...only, limits: { seats: 10 } }] }

let account: MeteredAccount
beforeEach(async () => {
  account = await MeteredAccount.open({ catalogs: new Catalogs([catalog]) })
})
afterEach(() => account.close())

it('is taken from a catalog file and over the wire, and no other name is', () => {
  const written = { id: 'seats', name: 'Seats', description: 'Seats', unit: 'count', singular: 'seat', plural: 'seats', period: 'monthly', enforcement: 'bill' }
  const file = (aggregation: string) => metersFile.safeParse({ meters: [{ ...written, refusal_status: 403, aggregation }] })
  expect(aggregations.map((aggregation) => file(aggregation).success)).toEqual(aggregations.map(() => true))
  expect(file('lowest').success).toBe(false)
  const document = plansResponse.parse(catalogToWire(catalog))
  expect(catalogFromWire(document).meters[0]?.aggregation).toBe(HIGHEST)
})

it('is counted by the platform: its period, its days, its hours and its next period', async () => {
  const now = account.clock.now()
  account.clock.step(2 * HOUR_MS)
  await account.record([account.event('seats', { reading: 12 }), account.event('seats', { reading: 15 }, now), account.event('seats', { reading: 9 })])
  expect(await account.used('seats')).toBe(15)
  expect(account.rows('SELECT from_ms, quantity FROM usage_daily')).toEqual([{ from_ms: dayOf(now) * DAY_MS, quantity: 15 }])
  const [{ hours }] = account.rows('SELECT hours FROM usage_snapshots') as [{ hours: string }]
  expect(JSON.parse(hours)[new Date(now).getUTCHours()]).toBe(15)
  expect(await account.record([account.event('seats', { quantity: 1 })])).toMatchObject([{ status: 'refused', code: 'wrong_form' }])
  account.clock.step(31 * DAY_MS)
  expect(await account.used('seats')).toBe(0)
})

it('is priced and invoiced for the period', async () => {
  await account.record([account.event('seats', { reading: 15 })])
  await account.with((unit, opened) => {
    const { period_start: startMs, period_end: endMs } = opened.workspace
    const [use] = pricePeriod(unit, opened, { startMs, endMs }).priced
    // 300 cents a unit for the period; ten are included.
    expect(use).toMatchObject({ listUnits: 15n, billedUnits: 5n, listMicros: 4_500n * MICROS_PER_MINOR })
    expect(minorOfUnits(seats, use?.billedUnits ?? 0n)).toBe(1500n)
    writeBillableUnits(unit, opened, { startMs, endMs })
  })
  expect(account.rows('SELECT metric, units FROM billable_units')).toEqual([{ metric: 'seats', units: 5 }])
})

it('is shown as something that stands at a height', () => {
  expect(kindOf(seats)).toBe('level')
})
