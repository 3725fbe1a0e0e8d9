/** A platform that sells everything at once: plans with and without seats, boosters, top-ups, and use of every priced kind. */
import type { DemoWorkspace } from '../../../main/sandbox/demo/demo-workspaces.ts'
import { type Catalog, type Meter, meterOf, type Plan } from '../../../shared/billing/catalog.ts'
import type { Limit } from '../../../shared/billing/limit.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const tokens = meterOf(catalogs.analytics, 'llm_tokens')
const storage = meterOf(catalogs.analytics, 'storage')
const vault = meterOf(catalogs.truthlocks, 'storage_bytes')
const users = meterOf(catalogs.analytics, 'users')

const made = (meter: Meter, id: string, cents: number, per: number): Meter => ({
  ...meter,
  id,
  name: id[0]?.toUpperCase() + id.slice(1),
  unit: 'count',
  aliases: [],
  unitPrice: { cents, per },
})

/** Prices at which amounts are rarely whole cents. */
export const billedMeters: readonly Meter[] = [
  made(tokens, 'tokens', 200, 1_000_000),
  made(tokens, 'queries', 51, 1_000),
  made(storage, 'storage', 7, 1_000),
  made(vault, 'vault', 3, 7),
  made(tokens, 'reports', 5, 1),
]

const plan = (id: string, priceCents: number, seatPriceCents: number | null, limits: Readonly<Record<string, Limit>>, currency: string): Plan => ({
  id,
  name: id[0]?.toUpperCase() + id.slice(1),
  summary: '',
  priceCents,
  currency,
  interval: 'month',
  hardWall: false,
  seatPriceCents,
  source: 'ours',
  limits: { ...limits, [users.id]: 5 },
})

/** In that currency; one of its boosters is sold in another one. */
export function orchardIn(currency: string): Catalog {
  return {
    ...catalogs.triform,
    id: `orchard-${currency}`,
    name: 'Orchard',
    capabilities: [...new Set([...catalogs.triform.capabilities, ...catalogs.analytics.capabilities])],
    defaultPlan: 'small',
    meters: [...billedMeters, users],
    plans: [
      plan('small', 1_900, null, { tokens: 0, queries: 500, storage: 500, vault: 0, reports: 1 }, currency),
      plan('middle', 4_999, 1_501, { tokens: 4_000, queries: 500, storage: 4_000, vault: 3_000, reports: 500 }, currency),
      plan('large', 8_907, 997, { tokens: 9_000, queries: 'unlimited', storage: 4_000, vault: 5_000, reports: 4_000 }, currency),
    ],
    comparison: [],
    boosters: [booster('more_reports', 'reports', 500, 550, currency), booster('more_vault', 'vault', 1_000, 333, currency === 'eur' ? 'usd' : 'eur')],
    permissions: catalogs.analytics.permissions,
    ...(catalogs.analytics.alerts === undefined ? {} : { alerts: catalogs.analytics.alerts }),
  }
}

function booster(id: string, resource: string, amount: number, priceCents: number, currency: string): Catalog['boosters'][number] {
  return { id, name: id.replace('_', ' '), description: '', resource, amount, priceCents, currency, source: 'ours' }
}

/** On the plan in the middle since the first start. */
export function orchardWorkspace(currency: string): DemoWorkspace {
  return {
    key: 'orchard',
    name: 'Pippin Farm',
    catalog: `orchard-${currency}`,
    plan: 'middle',
    billingEmail: 'billing@pippin.example',
    pastMonths: 0,
    circle: 'pippin',
    members: [
      { name: 'Pia Platform', role: 'platform_admin' },
      { name: 'Tim Tenant', role: 'tenant_admin' },
      { name: 'Bob Billing', role: 'billing_contact' },
    ],
  }
}
