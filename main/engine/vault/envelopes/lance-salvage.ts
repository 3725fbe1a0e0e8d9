/** Takes what can still be read out of a damaged version, fragment by fragment: a query over all of them would fail at the first torn file. */
import { hash } from 'node:crypto'
import type { StoredEnvelope } from '../../outbox/item.ts'
import { type LanceTable, addEnvelopes, envelopesOf, scan, textColumn } from './lance-table.ts'

/** Rows of one attempt. Small, since each may be an envelope of 8 MiB. */
const WINDOW_ROWS = 64
/** A fragment of which so many first rows are absent is taken for absent. */
const PROBE_ROWS = 8192
/** Windows without a single row, after which a fragment is at its end. */
const EMPTY_WINDOWS = 128
/** Queries that may fail while rows are looked for one by one. */
const MAX_FAILURES = 256

/** Adds to `target` each row of the fragments above `aboveFragment` that can be read and is not there yet. */
export async function addReadableRows(damaged: LanceTable, target: LanceTable, aboveFragment: number): Promise<void> {
  // Each write takes the next number for its fragment, so there are hardly more of them than versions.
  const lastFragment = (await damaged.version()) + 64
  for (let fragment = aboveFragment + 1; fragment <= lastFragment; fragment += 1) {
    if (await isAbsent(damaged, fragment)) continue
    await copyFragment(damaged, target, fragment)
  }
}

/** Where the rows lie that a condition on the sequence finds; reads no ciphertext. */
export async function rowNumbers(table: LanceTable, predicate: string): Promise<number[]> {
  const numbers: number[] = []
  for await (const batch of table.query().where(predicate).select(['sequence']).withRowId()) {
    const ids = batch.getChild('_rowid')
    for (let row = 0; row < batch.numRows; row += 1) numbers.push(Number(ids?.get(row)))
  }
  return numbers
}

/** Hands over every one of these rows that can be read. Halves what fails, so that a damaged page costs the rows on it alone. */
export async function readApart(table: LanceTable, rows: readonly number[], found: (envelope: StoredEnvelope) => void): Promise<void> {
  const pieces = [[...rows]]
  let failures = 0
  // A table of which nothing can be read must not be asked for ever.
  for (let piece = pieces.pop(); piece !== undefined && failures < MAX_FAILURES; piece = pieces.pop()) {
    const envelopes = await take(table, piece)
    if (envelopes !== null) for (const envelope of envelopes) found(envelope)
    else {
      failures += 1
      if (piece.length > 1) pieces.push(piece.slice(piece.length >> 1), piece.slice(0, piece.length >> 1))
    }
  }
}

async function copyFragment(damaged: LanceTable, target: LanceTable, fragment: number): Promise<void> {
  let empty = 0
  let failed = 0
  for (let offset = 0; empty < EMPTY_WINDOWS; offset += WINDOW_ROWS) {
    const found = (await take(damaged, rowIds(fragment, offset, WINDOW_ROWS))) ?? (await takeEach(damaged, fragment, offset))
    if (found === null) {
      failed += 1
      // The first windows all fail when the file's end is torn, and then nothing of it can be read.
      if (failed === 3 && offset === 2 * WINDOW_ROWS) return
      empty += 1
      continue
    }
    empty = found.length === 0 ? empty + 1 : 0
    const rows = found.filter(isSound)
    const present = await presentIn(target, rows)
    const missing = rows.filter((row) => !present.has(row.id))
    if (missing.length > 0) await addEnvelopes(target, missing)
  }
}

/** One damaged page must not take along the rows of the pages beside it. Null: none of these rows can be read. */
async function takeEach(damaged: LanceTable, fragment: number, offset: number): Promise<StoredEnvelope[] | null> {
  const rows: StoredEnvelope[] = []
  let readable = 0
  for (let row = 0; row < WINDOW_ROWS; row += 1) {
    const found = await take(damaged, rowIds(fragment, offset + row, 1))
    if (found === null) continue
    readable += 1
    rows.push(...found)
  }
  return readable === 0 ? null : rows
}

/** Lance has no checksum of its own: a page of zeros is read without a word. */
function isSound({ id, ciphertext, sha256 }: StoredEnvelope): boolean {
  return id !== '' && hash('sha256', ciphertext) === sha256
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
