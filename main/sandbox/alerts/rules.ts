import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { Catalog } from '../../../shared/billing/catalog.ts'
import type { AlertRule } from '../../../shared/contract/platform/alerts.ts'
import type { SqliteFile } from '../store/open.ts'

const storedRule = z.object({
  id: z.string(),
  measure: z.enum(['limit', 'meter', 'cost', 'invoiced']),
  name: z.string(),
  meter: z.string().nullable(),
  at: z.int(),
  channels: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  enabled: z.union([z.literal(0), z.literal(1)]),
  version: z.int(),
  deleted: z.union([z.literal(0), z.literal(1)]),
  thresholds: z.string().transform((text) => z.array(z.int()).parse(JSON.parse(text))),
})

const kept = new WeakMap<SqliteFile, Statement<[string]>>()

/** The alerts of a workspace: the catalog's, with what the workspace changed of them, then its own budgets by name. */
export function rulesOf(file: SqliteFile, workspaceId: string, catalog: Catalog): AlertRule[] {
  const statement =
    kept.get(file) ??
    file.prepare<[string]>('SELECT id, measure, name, meter, at, channels, enabled, version, deleted, thresholds FROM alert_rules WHERE workspace_id = ?')
  kept.set(file, statement)
  const stored = z.array(storedRule).parse(statement.all(workspaceId))
  const ofCatalog = (catalog.alerts?.limits ?? []).map((limit): AlertRule => {
    const changed = stored.find(({ id }) => id === limit.id)
    return {
      id: limit.id,
      measure: 'limit',
      name: limit.name,
      meter: null,
      at: limit.percent,
      inclusive: limit.inclusive,
      channels: changed?.channels ?? [...limit.channels],
      enabled: changed === undefined || changed.enabled === 1,
      version: changed?.version ?? 0,
    }
  })
  const own = stored
    .filter((rule) => rule.deleted === 0 && rule.measure !== 'limit')
    .map(
      ({ id, measure, name, meter, at, channels, enabled, version, thresholds }): AlertRule => ({
        id,
        measure,
        name,
        meter,
        at,
        inclusive: true,
        channels,
        enabled: enabled === 1,
        thresholds,
        version,
      }),
    )
    .sort((one, other) => one.name.localeCompare(other.name, 'en') || one.id.localeCompare(other.id, 'en'))
  return [...ofCatalog, ...own]
}
