import type { Selectable } from 'kysely'
import { type Catalog, isInForce, type Meter, type Plan, planOf } from '../../../../shared/billing/catalog.ts'
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

/** The plan of an account that has no subscription. */
export function basePlanOf({ workspace, catalog }: Pick<Account, 'workspace' | 'catalog'>): Plan {
  return withAgreedPrice(planOf(catalog, workspace.base_plan_id ?? catalog.defaultPlan), workspace)
}

/** A plan without a list price costs this customer what was agreed on; any other costs what it costs everybody. */
export function withAgreedPrice(plan: Plan, { agreed_price_cents: agreedCents }: Pick<Account['workspace'], 'agreed_price_cents'>): Plan {
  return plan.priceCents === null && agreedCents !== null ? { ...plan, priceCents: agreedCents } : plan
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
