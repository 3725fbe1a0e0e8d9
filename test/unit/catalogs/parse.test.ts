import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { UNLIMITED } from '../../../shared/billing/limit.ts'
import type { CatalogFileName } from '../../../shared/catalogs/parse.ts'
import { describeProblem, parseCatalog } from '../../../shared/catalogs/parse.ts'

const good: Readonly<Record<CatalogFileName, string>> = {
  'catalog.yaml': `
name: Example
summary: Only for the tests
default_plan: small
capabilities: [billing]
reasons: { reached: r, does_not_fit: d, not_included: n, upgrade: u, booster: b, no_way_up: w }
`,
  'meters.yaml': `
meters:
  - { id: storage, name: Storage, description: Bytes, unit: bytes, singular: byte, plural: bytes, period: total, aggregation: gauge, enforcement: refuse, refusal_status: 403, aliases: [disk] }
  - { id: seats, name: Seats, description: People, unit: count, singular: seat, plural: seats, period: total, aggregation: sum, enforcement: bill, refusal_status: 403, seats: true }
`,
  'operations.yaml': `
operations:
  - { id: file.create, name: File created, group: Files, meter: storage, change: 1 }
  - { id: file.read, name: File read, group: Files }
`,
  'plans.yaml': `
currency: eur
comparison:
  - { label: Disk, meter: storage }
  - { label: Support, values: { small: none, large: phone } }
plans:
  - id: small
    name: Small
    summary: Little
    price_cents: 900
    interval: month
    source: ours
    limits:
      storage: 1.5 GB
      seats: 1
  - id: large
    name: Large
    summary: Much
    price_cents: null
    interval: year
    seat_price_cents: 1500
    source: seed
    limits: { storage: 2 TiB, seats: unlimited }
`,
  'boosters.yaml': `
currency: eur
boosters:
  - { id: more, name: More, description: More of it, resource: storage, amount: 10 GB, price_cents: 500, source: ours }
`,
  'thresholds.yaml': `
levels:
  - { level: green, from_percent: 0, inclusive: true, label: Fine }
  - { level: red, from_percent: 85, inclusive: false, label: Full }
`,
  'permissions.yaml': `
source: seed
roles:
  - { id: chief, name: Chief }
  - { id: guest, name: Guest }
actions:
  - { id: view, name: View, allow: { chief: all, guest: no } }
`,
  'costs.yaml': `
services:
  - id: disks
    name: Disks
    focus_category: Storage
    categories:
      - { id: bytes, name: Bytes, uses: [{ meter: storage }] }
      - { id: chairs, name: Chairs, uses: [{ meter: seats, service: office }] }
users: [{ id: ada, name: Ada }]
`,
  'alerts.yaml': '',
  'payment.yaml': `
methods:
  - { id: card, name: Card, description: A card, due_days: 0 }
  - { id: wire, name: Wire, description: A wire, due_days: 30, plans: [large], countries: [DE] }
`,
}

const parse = (changed: Partial<Record<CatalogFileName, string>> = {}) => parseCatalog('example', (name) => changed[name] ?? good[name])
/** What is said about one file after `from` in it was replaced by `to`. */
function problemsAfter(name: CatalogFileName, from: string, to: string): string[] {
  expect(good[name]).toContain(from)
  const result = parse({ [name]: good[name].replace(from, to) })
  return result.ok ? [] : result.problems.map(describeProblem)
}

describe('a good catalog', () => {
  const result = parse()
  const catalog = result.ok ? result.catalog : null

  test('is read with its sizes, its unlimited and what it leaves out', () => {
    expect(catalog?.plans[0]).toMatchObject({ limits: { storage: 1_500_000_000, seats: 1 }, currency: 'eur', seatPriceCents: null, hardWall: null })
    expect(catalog?.plans[1]).toMatchObject({ limits: { storage: 2 * 1024 ** 4, seats: UNLIMITED }, priceCents: null, seatPriceCents: 1500 })
    expect(catalog?.boosters[0]).toMatchObject({ amount: 10_000_000_000, currency: 'eur' })
    expect(catalog?.meters[0]).toMatchObject({ subject: 'Storage', byteBase: 'decimal', draws: 'none', aliases: ['disk'], seats: false, group: null })
    expect(catalog?.permissions.actions[0]?.allow).toEqual({ chief: 'all', guest: 'no' })
  })
})

describe('what is wrong is named with file, line and field', () => {
  test.each<[CatalogFileName, string, string, string]>([
    ['plans.yaml', 'price_cents: 900', 'price_cents: 9.5', 'example/plans.yaml:10: plans.0.price_cents: '],
    [
      'plans.yaml',
      'storage: 1.5 GB',
      'storage: 1.5 Gb',
      'example/plans.yaml:14: plans.0.limits.storage: must be "unlimited", a whole number of at least 0, or a size such as "25 MiB" or "150 GB"',
    ],
    ['plans.yaml', 'seats: 1', 'seats: -1', 'example/plans.yaml:15: plans.0.limits.seats: must be "unlimited"'],
    ['plans.yaml', 'seats: 1', 'seats: 0.0001 kB', 'example/plans.yaml:15: plans.0.limits.seats: '],
    ['plans.yaml', '    summary: Little\n', '', 'example/plans.yaml:7: plans.0.summary: '],
    ['plans.yaml', 'seats: 1\n', 'seats: 1\n      ponies: 3\n', 'example/plans.yaml:16: plans.0.limits.ponies: there is no such meter'],
    ['plans.yaml', '      seats: 1\n', '', 'example/plans.yaml:13: plans.0.limits: says nothing about the meter seats'],
    ['plans.yaml', 'meter: storage', 'meter: ponies', 'example/plans.yaml:4: comparison.0.meter: there is no meter ponies'],
    ['plans.yaml', ', large: phone', '', 'example/plans.yaml:5: comparison.1.values: says nothing about the plan large'],
    ['plans.yaml', 'large: phone', 'large: phone, huge: pony', 'example/plans.yaml:5: comparison.1.values.huge: there is no such plan'],
    ['plans.yaml', 'id: large', 'id: small', 'example/plans.yaml:16: plans.1.id: the id small is taken above'],
    ['plans.yaml', 'currency: eur', 'currency: EUR', 'example/plans.yaml:2: currency: must be a currency code in lower case'],
    ['plans.yaml', 'interval: month', 'intervall: month', 'example/plans.yaml:11: plans.0.intervall: is not a field of this file'],
    ['plans.yaml', 'name: Small', 'name: "Small', 'example/plans.yaml:'],
    ['catalog.yaml', 'default_plan: small', 'default_plan: gone', 'example/catalog.yaml:4: default_plan: there is no plan gone'],
    ['meters.yaml', 'id: seats', 'id: disk', 'example/meters.yaml:4: meters.1.id: the name disk is taken by a meter above'],
    ['meters.yaml', 'refusal_status: 403', 'refusal_status: 500', 'example/meters.yaml:3: meters.0.refusal_status: '],
    ['meters.yaml', ', seats: true', '', 'example/plans.yaml:21: plans.1.seat_price_cents: no meter counts seats'],
    ['boosters.yaml', 'resource: storage', 'resource: stars', 'example/boosters.yaml:4: boosters.0.resource: there is no meter stars'],
    ['boosters.yaml', 'amount: 10 GB', 'amount: 0', 'example/boosters.yaml:4: boosters.0.amount: must be more than 0'],
    ['boosters.yaml', 'currency: eur\n', '', 'example/boosters.yaml:2: currency: is needed where boosters are sold'],
    ['thresholds.yaml', 'from_percent: 0', 'from_percent: 10', 'example/thresholds.yaml:3: levels.0.from_percent: the lowest level starts at 0'],
    ['thresholds.yaml', 'from_percent: 85', 'from_percent: 0', 'example/thresholds.yaml:4: levels.1.from_percent: must be above the 0'],
    ['permissions.yaml', ', guest: no', '', 'example/permissions.yaml:7: actions.0.allow: says nothing about the role guest'],
    ['permissions.yaml', 'guest: no', 'ghost: no', 'example/permissions.yaml:7: actions.0.allow.ghost: there is no such role'],
    ['costs.yaml', 'meter: storage', 'meter: ponies', 'example/costs.yaml:7: services.0.categories.0.uses.0.meter: there is no meter ponies'],
    [
      'costs.yaml',
      '{ meter: seats, service: office }',
      '{ meter: storage }',
      'example/costs.yaml:8: services.0.categories.1.uses.0: this use of storage is allocated above',
    ],
    ['payment.yaml', 'plans: [large]', 'plans: [huge]', 'example/payment.yaml:4: methods.1.plans: there is no plan huge'],
    ['payment.yaml', 'countries: [DE]', 'countries: [de]', 'example/payment.yaml:4: methods.1.countries.0: must be a country code'],
    ['payment.yaml', 'id: wire', 'id: card', 'example/payment.yaml:4: methods.1.id: the id card is taken above'],
    ['permissions.yaml', 'guest: no', 'guest: maybe', 'example/permissions.yaml:7: actions.0.allow.guest: '],
  ])('%s, %j as %j', (name, from, to, problem) => {
    const problems = problemsAfter(name, from, to)
    expect(problems.filter((line) => line.startsWith(problem))).not.toEqual([])
  })

  test('a missing file is named with the fields that it needs', () => {
    const result = parse({ 'thresholds.yaml': '' })
    expect(result.ok ? [] : result.problems.map(({ file, line }) => [file, line])).toEqual([['example/thresholds.yaml', 1]])
  })

  test('everything that is wrong is reported, not only the first', () => {
    const result = parse({ 'boosters.yaml': 'boosters: 1', 'thresholds.yaml': 'levels: []' })
    expect(result.ok ? [] : result.problems.map(({ file }) => file)).toEqual(['example/boosters.yaml', 'example/thresholds.yaml'])
  })
})

test('layer-a has the numbers of the plan table', () => {
  const result = parseCatalog('layer-a', (name) => {
    const file = new URL(`../../../shared/catalogs/layer-a/${name}`, import.meta.url)
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  })
  const plans = result.ok ? result.catalog.plans : []
  expect(plans.map(({ name, priceCents, limits, source }) => [name, priceCents, limits, source])).toEqual([
    ['Free', 0, { sync_operations: 1000, encrypted_bytes: 26_214_400, api_sub_keys: 2, sync_devices: 2 }, 'ours'],
    ['Pro', 1900, { sync_operations: 50_000, encrypted_bytes: 5_368_709_120, api_sub_keys: 10, sync_devices: 5 }, 'ours'],
    ['Team', 4900, { sync_operations: 500_000, encrypted_bytes: 107_374_182_400, api_sub_keys: 50, sync_devices: 25 }, 'ours'],
  ])
})
