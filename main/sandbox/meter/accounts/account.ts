import type { Selectable } from 'kysely'
import { type Catalog, isInForce, type Meter, type Plan, planOf } from '../../../../shared/billing/catalog.ts'
import { Refusal } from '../../http/failure.ts'
import type { Holdings } from '../../../../shared/billing/effective-limit.ts'
import { type Limit, limitFromWire } from '../../../../shared/billing/limit.ts'
import type { CountersTable, WorkspacesTable } from '../../store/schema.ts'

export type CounterRow = Selectable<CountersTable>

/** A workspace as one transaction sees it. `counters` follows what that transaction writes. */
export type Account = {
  workspace: Selectable<WorkspacesTable>
  catalog: Catalog
  plan: Plan
  counters: Map<string, CounterRow>
  /** What was bought on top of the plan. */
  holdings: Holdings
}

/** The id of no plan: none that a catalog could name. */
export const NO_PLAN = ''

/** The plan of an account that has no subscription: the agreed one, the catalog's free one, or none where every plan has its price. */
export function basePlanOf({ workspace, catalog }: Pick<Account, 'workspace' | 'catalog'>): Plan {
  if (workspace.base_plan_id !== null) return withAgreedPrice(planOf(catalog, workspace.base_plan_id), workspace)
  const plan = planOf(catalog, catalog.defaultPlan)
  return plan.priceCents === 0 ? plan : noPlan(catalog)
}

/** The plan of that id as this customer has it, or none. Throws a RangeError for an id that the catalog does not know. */
export function planInForce(catalog: Catalog, planId: string, agreed: Parameters<typeof withAgreedPrice>[1] = { agreed_price_cents: null }): Plan {
  return planId === NO_PLAN ? noPlan(catalog) : withAgreedPrice(planOf(catalog, planId), agreed)
}

/** A plan without a list price costs this customer what was agreed on; any other costs what it costs everybody. */
export function withAgreedPrice(plan: Plan, { agreed_price_cents: agreedCents }: Pick<Account['workspace'], 'agreed_price_cents'>): Plan {
  return plan.priceCents === null && agreedCents !== null ? { ...plan, priceCents: agreedCents } : plan
}

/** A subscription has ended where no plan is free: what is there is readable, and nothing new is taken. (shared/contract/README.md, "The end of a subscription") */
export function hasEnded({ plan }: Pick<Account, 'plan'>): boolean {
  return plan.id === NO_PLAN
}

export const SUBSCRIPTION_ENDED = 'The subscription has ended. Everything is still readable; nothing new is taken.'
const SUBSCRIBE_AGAIN = 'Choose a plan: what waits is then taken by itself.'

/** @throws Refusal 402 `subscription_ended`, for what is used: envelopes, operations, events, runs. */
export function requireSubscription(account: Pick<Account, 'plan'>): void {
  if (hasEnded(account)) throw new Refusal('subscription_ended', SUBSCRIPTION_ENDED, SUBSCRIBE_AGAIN, { reason: SUBSCRIPTION_ENDED })
}

/** Costs nothing, and every limit is 0. */
function noPlan({ plans }: Catalog): Plan {
  return {
    id: NO_PLAN,
    name: 'No plan',
    summary: '',
    priceCents: 0,
    currency: plans[0]?.currency ?? 'usd',
    interval: 'month',
    hardWall: true,
    seatPriceCents: null,
    source: 'ours',
    limits: {},
  }
}

export function counterOf(account: Account, meter: Pick<Meter, 'id'>): CounterRow {
  const row = account.counters.get(meter.id)
  if (row === undefined) throw new Error(`Workspace ${account.workspace.id} has no counter ${meter.id}`)
  return row
}

export function limitOf(row: CounterRow): Limit {
  return limitFromWire(row.quota_limit)
}

/** The meters that the plan has, and those that an earlier one left something on. (seed: truthlocks, "Which metrics appear depends on your plan") */
export function metersInForce(account: Account): readonly Meter[] {
  return account.catalog.meters.filter((meter) => isInForce(meter, account.plan) || counterOf(account, meter).used > 0)
}

/** The meters on which the sync protocol draws in that way; a catalog may have none. */
export function metersDrawnBy(catalog: Catalog, draws: Meter['draws']): readonly Meter[] {
  return catalog.meters.filter((meter) => meter.draws === draws)
}
