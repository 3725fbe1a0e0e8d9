import type { Selectable } from 'kysely'
import type { Catalog, Meter, Plan } from '../../../shared/billing/catalog.ts'
import { type Limit, limitFromWire } from '../../../shared/billing/limit.ts'
import { catalogs, catalogIds } from '../../../shared/generated/catalogs.ts'
import type { CountersTable, WorkspacesTable } from '../store/schema.ts'

export type CounterRow = Selectable<CountersTable>

/** A workspace as one transaction sees it. `counters` follows what that transaction writes. */
export type Account = {
  workspace: Selectable<WorkspacesTable>
  catalog: Catalog
  plan: Plan
  counters: Map<string, CounterRow>
}

/** Throws a RangeError for a catalog that this program does not bring. */
export function catalogNamed(id: string): Catalog {
  const known = catalogIds.find((candidate) => candidate === id)
  if (known === undefined) throw new RangeError(`This platform has no catalog ${id}; it has ${catalogIds.join(', ')}`)
  return catalogs[known]
}

export function counterOf(account: Account, meter: Pick<Meter, 'id'>): CounterRow {
  const row = account.counters.get(meter.id)
  if (row === undefined) throw new Error(`Workspace ${account.workspace.id} has no counter ${meter.id}`)
  return row
}

export function limitOf(row: CounterRow): Limit {
  return limitFromWire(row.quota_limit)
}

/** The meters on which the sync protocol draws in that way; a catalog may have none. */
export function metersDrawnBy(catalog: Catalog, draws: Meter['draws']): readonly Meter[] {
  return catalog.meters.filter((meter) => meter.draws === draws)
}
