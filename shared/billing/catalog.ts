/**
 * A catalog: everything that makes one platform's billing different from another's. It is data; the code that
 * works on it never tests for a catalog's, a meter's or a plan's name. Written as YAML in `shared/catalogs/<id>/`,
 * turned into `shared/generated/catalogs.ts` by `npm run generate`.
 */
import type { Limit } from './limit.ts'
import type { Draws } from './meter-draws.ts'
import type { Aggregation } from './meter-kinds.ts'
import type { PriceBook } from './price-book.ts'

/** What happens at the limit: the operation is refused, billed as overage, or only reported. */
export type Enforcement = 'refuse' | 'bill' | 'notify'
/** `monthly` starts at zero with every period; `total` goes on. */
export type MeterPeriod = 'monthly' | 'total'
export type RefusalStatus = 402 | 403 | 429
/** `ours`: the seed gives no number here, so this project chose one. */
export type Source = 'seed' | 'ours'

export type Meter = {
  readonly id: string
  readonly name: string
  readonly description: string
  /** Under which heading it is shown; null where the catalog has none. */
  readonly group: string | null
  /** What one event stands for, in the seed's words ("Per request"); null where it says nothing. */
  readonly metering: string | null
  /** `bytes` is shown as sizes; anything else is counted. */
  readonly unit: string
  /** Bytes in KiB, MiB (binary) or kB, MB (decimal: 1 GB = 10⁹ bytes). */
  readonly byteBase: 'binary' | 'decimal'
  /** How a refusal names the meter ("Branch"), and one and many of what it counts ("branch", "branches"). */
  readonly subject: string
  readonly singular: string
  readonly plural: string
  readonly period: MeterPeriod
  readonly aggregation: Aggregation
  readonly enforcement: Enforcement
  readonly refusalStatus: RefusalStatus
  readonly draws: Draws
  /** Other names under which a client may ask for it. */
  readonly aliases: readonly string[]
  /** Bought seats raise this meter's limit, and no other's. */
  readonly seats: boolean
  /** Every request to the platform's `/v1` counts on it. (seed: truss, "API requests") */
  readonly countsRequests?: boolean
  /** The feature of a plan that it needs; absent: none. (seed: truthlocks, "Which metrics appear depends on your plan and active features") */
  readonly feature?: string
  /** Price of what is used beyond the plan; null where that is not billed. */
  readonly unitPrice: UnitPrice | null
  /** `ours`: this project chose the meter's limits and price. */
  readonly source: Source
}

/** `cents` for every `per` units, in the currency of the plans. */
export type UnitPrice = { readonly cents: number; readonly per: number }

export type Plan = {
  readonly id: string
  readonly name: string
  readonly summary: string
  /** Price of one interval in minor units; null when it is agreed with each customer. */
  readonly priceCents: number | null
  readonly currency: string
  readonly interval: 'month' | 'year'
  /** Null: this catalog has no wallet. */
  readonly hardWall: boolean | null
  /** Price of one more seat for one interval; null when seats are not sold. */
  readonly seatPriceCents: number | null
  /** What meters may need; absent: nothing beyond what every plan has. */
  readonly features?: readonly string[]
  readonly source: Source
  /** By meter id; every meter of the catalog has an entry. 0: not included. */
  readonly limits: Readonly<Record<string, Limit>>
}

export type Booster = {
  readonly id: string
  readonly name: string
  readonly description: string
  /** Meter id. */
  readonly resource: string
  /** In the meter's unit. */
  readonly amount: number
  readonly priceCents: number
  readonly currency: string
  readonly source: Source
}

/** A row of the plan comparison: a meter's limits, or a value per plan in words. */
export type ComparisonRow = { readonly label: string; readonly meterId: string } | { readonly label: string; readonly values: Readonly<Record<string, string>> }

export type Level = 'normal' | 'green' | 'amber' | 'red' | 'over'
export type ThresholdLevel = {
  readonly level: Level
  readonly fromPercent: number
  /** The bound itself belongs to this level. */
  readonly inclusive: boolean
  /** Words for the colour. */
  readonly label: string
}
/** From low to high; the highest level whose bound is reached counts. */
export type ThresholdPolicy = { readonly levels: readonly ThresholdLevel[] }

/** Templates; the placeholders are named in `quota-reason.ts`. */
export type ReasonTemplates = {
  readonly reached: string
  readonly doesNotFit: string
  readonly notIncluded: string
  readonly upgrade: string
  readonly booster: string
  readonly noWayUp: string
}

/** `all`: in every tenant. `own`: in the member's own. `request`: may ask, somebody else decides. */
export type Grant = 'all' | 'own' | 'request' | 'no'
export type Role = { readonly id: string; readonly name: string }
export type PermittedAction = { readonly id: string; readonly name: string; readonly allow: Readonly<Record<string, Grant>> }
export type PermissionMatrix = { readonly source: Source; readonly roles: readonly Role[]; readonly actions: readonly PermittedAction[] }

/** What a use is told by: its meter, and the service that its event names; null: whatever else that meter counts. */
export type AllocatedUse = { readonly meterId: string; readonly service: string | null }
export type CostCategory = { readonly id: string; readonly name: string; readonly uses: readonly AllocatedUse[] }
/** `focusCategory`: under which of FOCUS's service categories it is exported; null: Other. */
export type CostService = { readonly id: string; readonly name: string; readonly focusCategory: string | null; readonly categories: readonly CostCategory[] }
export type CostAllocation = { readonly services: readonly CostService[]; readonly users: readonly { readonly id: string; readonly name: string }[] }

/** A way to pay, and who may use it. Which one is used is settled in the customer portal. */
export type PaymentMethod = {
  readonly id: string
  readonly name: string
  readonly description: string
  /** Days from the issue of an invoice until it is due. */
  readonly dueDays: number
  /** Plan ids; null: every plan. */
  readonly plans: readonly string[] | null
  /** Countries (ISO 3166-1 alpha-2) of the customer; null: every country. */
  readonly countries: readonly string[] | null
}

/** Who sells, as the law wants it on an invoice: `address` by its lines. */
export type Seller = { readonly name: string; readonly address: readonly string[]; readonly taxId: string }

export type AlertChannel = { readonly id: string; readonly name: string }
/** An alert that every meter with a limit has. */
export type LimitAlert = {
  readonly id: string
  readonly name: string
  readonly percent: number
  /** False: it fires above the bound, not on it. */
  readonly inclusive: boolean
  readonly channels: readonly string[]
}
export type AlertPolicy = { readonly source: Source; readonly channels: readonly AlertChannel[]; readonly limits: readonly LimitAlert[] }

/** A line of the usage dashboard: a meter under another name, `per` of its units shown as one. */
export type UsageMetric = { readonly name: string; readonly meterId: string; readonly per: number }

/** Something that a client may ask the platform to do. `change`: by how much it moves its meter. */
export type Operation = {
  readonly id: string
  readonly name: string
  readonly group: string
  /** Null: it draws on none. */
  readonly meterId: string | null
  readonly change: number
  /** The meter of the size of what it writes to: refused while that stands at its limit, although nobody knows how much it will write. */
  readonly writesTo?: string
}

export type Catalog = {
  readonly id: string
  readonly name: string
  readonly summary: string
  /** What the platform offers with this catalog, e.g. `sync`, `checkout`, `wallet`. */
  readonly capabilities: readonly string[]
  readonly defaultPlan: string
  readonly reasons: ReasonTemplates
  readonly meters: readonly Meter[]
  /** From small to large: an upgrade is a later one. */
  readonly plans: readonly Plan[]
  /** In the order in which plans are compared. */
  readonly comparison: readonly ComparisonRow[]
  readonly boosters: readonly Booster[]
  readonly thresholds: ThresholdPolicy
  readonly permissions: PermissionMatrix
  /** Absent: there is nothing to operate. */
  readonly operations?: readonly Operation[]
  /** What the usage dashboard calls each meter. Absent: every meter under its own id. */
  readonly usageMetrics?: readonly UsageMetric[]
  /** Absent: no meter alerts by itself, and there is nothing to send an alert by. */
  readonly alerts?: AlertPolicy
  /** To what costs are allocated. Absent: each meter is a category of its group. */
  readonly costs?: CostAllocation
  /** The first one is what a customer has who chose nothing else. Absent: whatever the customer portal takes. */
  readonly paymentMethods?: readonly PaymentMethod[]
  /** Who stands on its invoices. Absent: they bear the catalog's name alone. */
  readonly seller?: Seller
  /** Where there is a wallet: what operations cost. Absent: nothing is debited from a wallet. */
  readonly pricing?: PriceBook
}

/** By id and alias, made once for each catalog: quotas are asked for with every request. */
const metersByName = new WeakMap<readonly Meter[], ReadonlyMap<string, Meter>>()
/** The one that was asked last: who asks again mostly asks the same, and this is quicker than the map of all. */
let last: { readonly meters: readonly Meter[]; readonly byName: ReadonlyMap<string, Meter> } | null = null

/** The meter of that id or alias; undefined when the catalog has none. An id is that meter's, whatever else is called so. */
export function findMeter({ meters }: Pick<Catalog, 'meters'>, idOrAlias: string): Meter | undefined {
  if (last === null || last.meters !== meters) last = { meters, byName: byNameOf(meters) }
  return last.byName.get(idOrAlias)
}

function byNameOf(meters: readonly Meter[]): ReadonlyMap<string, Meter> {
  const known = metersByName.get(meters)
  if (known !== undefined) return known
  const aliases = meters.toReversed().flatMap((meter) => meter.aliases.map((alias): [string, Meter] => [alias, meter]))
  const byName = new Map([...aliases, ...meters.map((meter): [string, Meter] => [meter.id, meter])])
  metersByName.set(meters, byName)
  return byName
}

export function findPlan({ plans }: Pick<Catalog, 'plans'>, planId: string): Plan | undefined {
  for (const plan of plans) if (plan.id === planId) return plan
  return undefined
}

/** Like `findPlan`, for an id that must be known. Throws a RangeError that names the plans there are. */
export function planOf(catalog: Pick<Catalog, 'id' | 'plans'>, planId: string): Plan {
  const plan = findPlan(catalog, planId)
  if (plan === undefined) throw new RangeError(`Catalog ${catalog.id} has no plan ${planId}; it has ${catalog.plans.map(({ id }) => id).join(', ')}`)
  return plan
}

/** Like `findMeter`, for an id that must be known. Throws a RangeError that names the meters there are. */
export function meterOf(catalog: Pick<Catalog, 'id' | 'meters'>, idOrAlias: string): Meter {
  const meter = findMeter(catalog, idOrAlias)
  if (meter === undefined) throw new RangeError(`Catalog ${catalog.id} has no meter ${idOrAlias}; it has ${catalog.meters.map(({ id }) => id).join(', ')}`)
  return meter
}

/** Whether a plan has the feature that a meter needs. What it has not is neither answered nor admitted. */
export function isInForce({ feature }: Pick<Meter, 'feature'>, { features }: Pick<Plan, 'features'>): boolean {
  return feature === undefined || features?.includes(feature) === true
}

/** The plans after this one, from the next larger to the largest. */
export function largerPlans(catalog: Pick<Catalog, 'id' | 'plans'>, planId: string): readonly Plan[] {
  return catalog.plans.slice(catalog.plans.indexOf(planOf(catalog, planId)) + 1)
}

/** The code of the platform's refusal when this meter is full, such as `encrypted_bytes_exceeded`. */
export function refusalCode(meter: Pick<Meter, 'id'>): `${string}_exceeded` {
  return `${meter.id}_exceeded`
}
