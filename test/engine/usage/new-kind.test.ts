/** A kind of meter that nothing in the product has heard of, by one entry in the registry: from the catalog's file to the console's page. */
import { HIGHEST } from './sixth-kind.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { catalogFromWire, catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import type { Catalog, Meter } from '../../../shared/billing/catalog.ts'
import { dayOf } from '../../../shared/billing/cost-day.ts'
import { MICROS_PER_MINOR, priceDay } from '../../../shared/billing/cost.ts'
import { beyondPlan } from '../../../shared/billing/invoice.ts'
import { aggregations } from '../../../shared/billing/meter-kinds.ts'
import { metersFile } from '../../../shared/catalogs/schema.ts'
import { plansResponse } from '../../../shared/contract/platform.ts'
import { usageLinesOf } from '../../../main/sandbox/invoices/usage-lines.ts'
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
  expect(account.rows('SELECT day, quantity FROM usage_daily')).toEqual([{ day: dayOf(now), quantity: 15 }])
  const [{ hours }] = account.rows('SELECT hours FROM usage_snapshots') as [{ hours: string }]
  expect(JSON.parse(hours)[new Date(now).getUTCHours()]).toBe(15)
  expect(await account.record([account.event('seats', { quantity: 1 })])).toMatchObject([{ status: 'refused', code: 'wrong_form' }])
  account.clock.step(31 * DAY_MS)
  expect(await account.used('seats')).toBe(0)
})

it('is priced and invoiced for the period', async () => {
  const cells = priceDay(catalog, [{ meterId: 'seats', service: '', userId: '', quantity: 12 }], () => ({ included: 10, usedBefore: 11, daysInPeriod: 30 }))
  // 300 cents for the period are ten a day.
  expect(cells).toMatchObject([{ amountMicros: 12 * 10 * MICROS_PER_MINOR, billedMicros: 2 * 10 * MICROS_PER_MINOR }])
  expect(beyondPlan(seats, { used: 15, dayPeaks: [12, 15] }, 10)).toBe(5)
  await account.record([account.event('seats', { reading: 15 })])
  const endMs = await account.with((_, { workspace }) => workspace.period_end)
  account.clock.step(endMs - account.clock.now() + 1)
  const lines = await account.with((unit, opened) => usageLinesOf(unit, opened, endMs, { taxCents: 0, netCents: 100 }))
  expect(lines).toMatchObject([{ metric: 'seats', quantity: 5, amount_cents: 1500 }])
})

it('is shown as something that stands at a height', () => {
  expect(kindOf(seats)).toBe('level')
})
