/** Takes what can still be read out of a damaged version, fragment by fragment: a query over all of them would fail at the first torn file. */
import type { StoredEnvelope } from '../../outbox/item.ts'
import { type LanceTable, addEnvelopes, envelopesOf, scan, textColumn } from './lance-table.ts'

/** Rows of one attempt. Small, since each may be an envelope of 8 MiB. */
const WINDOW_ROWS = 64
/** A fragment of which so many first rows are absent is taken for absent. */
const PROBE_ROWS = 8192
/** Windows without a single row, after which a fragment is at its end. */
const EMPTY_WINDOWS = 128

/** Adds to `target` each row of the fragments above `aboveFragment` that can be read and is not there yet. */
export async function addReadableRows(damaged: LanceTable, target: LanceTable, aboveFragment: number): Promise<void> {
  // Each write takes the next number for its fragment, so there are hardly more of them than versions.
  const lastFragment = (await damaged.version()) + 64
  for (let fragment = aboveFragment + 1; fragment <= lastFragment; fragment += 1) {
    if (await isAbsent(damaged, fragment)) continue
    await copyFragment(damaged, target, fragment)
  }
}

async function copyFragment(damaged: LanceTable, target: LanceTable, fragment: number): Promise<void> {
  let empty = 0
  let failed = 0
  for (let offset = 0; empty < EMPTY_WINDOWS; offset += WINDOW_ROWS) {
    const rows = await take(damaged, rowIds(fragment, offset, WINDOW_ROWS))
    if (rows === null) {
      failed += 1
      // The first windows all fail when the file's end is torn, and then nothing of it can be read.
      if (failed === 3 && offset === 2 * WINDOW_ROWS) return
      empty += 1
      continue
    }
    empty = rows.length === 0 ? empty + 1 : 0
    const present = await presentIn(target, rows)
    const missing = rows.filter((row) => !present.has(row.id))
    if (missing.length > 0) await addEnvelopes(target, missing)
  }
}

async function isAbsent(damaged: LanceTable, fragment: number): Promise<boolean> {
  try {
    for await (const batch of damaged.takeRowIds(rowIds(fragment, 0, PROBE_ROWS)).select(['sequence'])) if (batch.numRows > 0) return false
    return true
  } catch {
    return false
  }
}

async function take(damaged: LanceTable, ids: number[]): Promise<StoredEnvelope[] | null> {
  try {
    const rows: StoredEnvelope[] = []
    for await (const batch of damaged.takeRowIds(ids)) rows.push(...envelopesOf(batch))
    return rows
  } catch {
    return null
  }
}

async function presentIn(target: LanceTable, rows: readonly StoredEnvelope[]): Promise<Set<string>> {
  const present = new Set<string>()
  const ids = rows.map((row) => row.id).filter((id) => /^[0-9a-fA-F-]{36}$/.test(id))
  if (ids.length === 0) return present
  await scan(target, `id IN (${ids.map((id) => `'${id}'`).join(', ')})`, ['id'], (batch) => {
    const id = textColumn(batch, 'id')
    for (let row = 0; row < batch.numRows; row += 1) present.add(id(row) ?? '')
  })
  return present
}

function rowIds(fragment: number, offset: number, count: number): number[] {
  return Array.from({ length: count }, (_, row) => fragment * 2 ** 32 + offset + row)
}
