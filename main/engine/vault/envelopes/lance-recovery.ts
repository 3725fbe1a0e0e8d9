/**
 * Opens the table of envelopes, and mends it when a power cut or a bad disk left it unreadable. Nothing is deleted on the
 * way: what is taken out of the table is put aside beside it.
 *
 * - A manifest that cannot be read is put aside; the one before it counts.
 * - A broken index is built anew.
 * - When rows cannot be read, the newest readable version becomes the table again, and every row of later versions
 *   that can still be read is added to it. Without such a version the same is done into a new table.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type LanceConnection, type LanceTable, TABLE_NAME, createEnvelopeTable, ensureIndexes, integerColumn, scan, textColumn } from './lance-table.ts'
import { addReadableRows } from './lance-salvage.ts'
import { forgetManifestCopy, putBackManifest } from './manifest-copy.ts'

const SALVAGED_NAME = `${TABLE_NAME}_salvaged`

/** For the person: what becomes of the rows that could not be read. */
const WHAT_IS_LOST =
  'What is not delivered yet is put back from the journal of undelivered writes. A delivered memory that is missing can be restored from its platform (Settings, “Restore envelopes”).'

/** At most so many versions are written between two syncs: a batch of the mover, or the passes of a compaction. */
const MAX_STEPS_BACK = 16

export type OpenedTable = { table: LanceTable; mended: string | null }

export async function openOrMend(connection: LanceConnection, dataDir: string, now: number): Promise<OpenedTable> {
  const path = join(dataDir, `${TABLE_NAME}.lance`)
  if (!existsSync(path)) return { table: await createEnvelopeTable(connection), mended: null }
  const wasPutBack = await putBackManifest(dataDir, path)
  const opened = await openNewest(connection, path)
  if (opened === null) {
    const aside = await putAside(path, now)
    return {
      table: await createEnvelopeTable(connection),
      mended: `The store of envelopes could not be read and was put aside as ${basename(aside)}. ${WHAT_IS_LOST}`,
    }
  }
  const { table, manifestsPutAside } = opened
  if (!(await isReadable(table))) return mendRows(connection, table, path, now)
  const rebuilt = await rebuildBrokenIndexes(table)
  if (manifestsPutAside > 0)
    return {
      table,
      mended: `The newest version of the store of envelopes could not be read; the one before it was taken. ${WHAT_IS_LOST}`,
    }
  if (wasPutBack) return { table, mended: 'The list of files of the store of envelopes was damaged and was put back from its copy. No envelope is missing.' }
  return { table, mended: rebuilt ? 'An index of the store of envelopes was damaged and was built anew. No envelope is missing.' : null }
}

async function mendRows(connection: LanceConnection, table: LanceTable, path: string, now: number): Promise<OpenedTable> {
  const damaged = await connection.openTable(TABLE_NAME)
  // Pinned: otherwise this handle would follow the table to what is restored below.
  await damaged.checkout(await damaged.version())
  const expected = await damaged.countRows()
  if (await stepBack(table)) {
    await rebuildBrokenIndexes(table)
    await addReadableRows(damaged, table, await highestFragment(table))
    damaged.close()
    return { table, mended: damageText(await table.countRows(), expected, null) }
  }
  const salvaged = await salvageRows(connection, damaged)
  for (const handle of [damaged, table]) handle.close()
  return takePlaceOf(connection, path, { salvaged, expected, now })
}

/** Copies every row that can be read, and whose bytes are what was sealed, into a new table beside the damaged one. */
export async function salvageRows(connection: LanceConnection, damaged: LanceTable): Promise<string> {
  await connection.dropTable(SALVAGED_NAME).catch(() => undefined)
  const target = await createEnvelopeTable(connection, SALVAGED_NAME)
  await addReadableRows(damaged, target, -1)
  target.close()
  return SALVAGED_NAME
}

/** Puts the damaged table aside and the salvaged one in its place. Nobody may read or write meanwhile. */
export async function takePlaceOf(
  connection: LanceConnection,
  path: string,
  { salvaged, expected, now }: { salvaged: string; expected: number; now: number },
): Promise<{ table: LanceTable; mended: string }> {
  await forgetManifestCopy(dirname(path))
  const aside = existsSync(path) ? await putAside(path, now) : null
  await rename(join(path, '..', `${salvaged}.lance`), path)
  const table = await connection.openTable(TABLE_NAME)
  return { table, mended: damageText(await table.countRows(), expected, aside) }
}

function damageText(kept: number, expected: number, aside: string | null): string {
  const files = aside === null ? '' : ` The damaged files were put aside as ${basename(aside)}.`
  return `The store of envelopes was damaged: ${kept} of ${expected} envelopes could be read. ${kept === expected ? 'No envelope is missing.' : WHAT_IS_LOST}${files}`
}

/** Reads the end of every fragment, by its smallest column. */
async function isReadable(table: LanceTable): Promise<boolean> {
  try {
    let rows = 0
    await scan(table, null, ['sequence'], (batch) => {
      rows += batch.numRows
    })
    return rows === (await table.countRows())
  } catch {
    return false
  }
}

async function rebuildBrokenIndexes(table: LanceTable): Promise<boolean> {
  try {
    // Lance reads an index's pages when a value lies within their bounds, so values that are there are looked up.
    let sample = { id: '', sequence: -1 }
    const take = (row: { id: string; sequence: number }) => {
      sample = row
    }
    await scan(
      table,
      null,
      ['id', 'sequence'],
      (batch) => batch.numRows > 0 && take({ id: textColumn(batch, 'id')(0) ?? '', sequence: integerColumn(batch, 'sequence')(0) }),
      1,
    )
    await scan(table, `id = '${sample.id}'`, ['sequence'], () => undefined)
    await scan(table, `sequence = ${sample.sequence}`, ['sequence'], () => undefined)
    return false
  } catch {
    for (const { name } of await table.listIndices()) await table.dropIndex(name)
    await ensureIndexes(table)
    return true
  }
}

async function openNewest(connection: LanceConnection, path: string): Promise<{ table: LanceTable; manifestsPutAside: number } | null> {
  for (let manifestsPutAside = 0; manifestsPutAside < MAX_STEPS_BACK; manifestsPutAside += 1) {
    try {
      return { table: await connection.openTable(TABLE_NAME), manifestsPutAside }
    } catch {
      if (!(await putNewestManifestAside(path))) return null
    }
  }
  return null
}

/** Manifests are named by 2^64 - 1 - version, so the first name is the newest version. */
async function putNewestManifestAside(path: string): Promise<boolean> {
  const folder = join(path, '_versions')
  const names = (await readdir(folder).catch(() => [])).sort()
  const newest = names.find((name) => name.endsWith('.manifest'))
  if (newest === undefined) return false
  const damaged = `${path}.damaged-manifests`
  await mkdir(damaged, { recursive: true })
  await rename(join(folder, newest), join(damaged, newest))
  // The hint may name the version that was just put aside; without it Lance looks for itself.
  if (names.includes('latest_version_hint.json')) await rename(join(folder, 'latest_version_hint.json'), join(damaged, 'latest_version_hint.json'))
  return true
}

/** Makes the newest readable version before this one the table again. Version 1 is the empty table: that is no rescue. */
async function stepBack(table: LanceTable): Promise<boolean> {
  try {
    const current = await table.version()
    const versions = (await table.listVersions()).map(({ version }) => version).filter((version) => version < current)
    for (const version of versions.sort((left, right) => right - left).slice(0, MAX_STEPS_BACK)) {
      await table.checkout(version)
      if ((await isReadable(table)) && (await table.countRows()) > 0) {
        await table.restore()
        return true
      }
    }
  } catch {
    // A version that is no longer there ends the search as well.
  }
  return false
}

/** Row ids carry the number of their fragment in the upper 32 bits. */
async function highestFragment(table: LanceTable): Promise<number> {
  let highest = -1
  for await (const batch of table.query().select(['sequence']).withRowId()) {
    const ids = batch.getChild('_rowid')
    for (let row = 0; row < batch.numRows; row += 1) highest = Math.max(highest, Math.floor(Number(ids?.get(row)) / 2 ** 32))
  }
  return highest
}

export async function putAside(path: string, now: number): Promise<string> {
  await forgetManifestCopy(dirname(path))
  const aside = `${path}.damaged-${now}`
  await rename(path, aside)
  return aside
}
