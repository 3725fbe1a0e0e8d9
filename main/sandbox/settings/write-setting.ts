import { Refusal } from '../http/failure.ts'
import type { Unit } from '../store/store.ts'

/**
 * A setting's version rises by one with every write.
 *
 * @returns the value from before; null: it had none.
 * @throws Refusal 409 when the edit was made on another version.
 */
export async function writeSetting(unit: Unit, workspaceId: string, key: string, value: string, expected: number | undefined): Promise<string | null> {
  const known = await unit.tx
    .selectFrom('settings')
    .select(['value', 'version'])
    .where('workspace_id', '=', workspaceId)
    .where('key', '=', key)
    .executeTakeFirst()
  const current = known?.version ?? 0
  // The very value that is there already is no conflict: it is the repeat of a write whose answer was lost.
  if (expected !== undefined && expected !== current && known?.value !== value) {
    throw new Refusal('version_conflict', `${key} was changed in the meantime.`, 'Look at both values and decide.', {
      current: { key, value: known?.value ?? '', version: current },
    })
  }
  if (known?.value === value) return value
  const row = { value, version: current + 1, updated_at: unit.now }
  await unit.tx
    .insertInto('settings')
    .values({ workspace_id: workspaceId, key, ...row })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'key']).doUpdateSet(row))
    .execute()
  unit.changes.put({ workspaceId, topic: 'setting', id: key, version: row.version, body: { key, value, version: row.version } })
  return known?.value ?? null
}
