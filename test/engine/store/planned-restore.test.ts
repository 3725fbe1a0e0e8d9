import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { repairQueue } from '../../../main/engine/outbox/recovery/queue-repair.ts'
import { carryOutRestore, plannedRestore, planRestore } from '../../../main/engine/store/planned-restore.ts'
import { openStores } from '../../../main/engine/store/stores.ts'

const COPY = 'outbox-20260102T030405006Z.db'
const clock = { now: () => Date.UTC(2026, 0, 3) }

let dataDir: string
let folder: string
let databasePath: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-restore-'))
  folder = join(dataDir, 'backups')
  databasePath = join(dataDir, 'outbox.db')
  mkdirSync(folder)
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

/** Opens the stores as a start does, notes something in outbox.db, and closes them. */
/** `isCutShort`: ended before what the outbox lacked was taken from the other stores. */
function start(value?: string, isCutShort = false): { warnings: string[]; noted: string | null; salvaged: boolean } {
  const warnings: string[] = []
  const stores = openStores({ dataDir, clock, repairQueue, warn: (kind, text) => warnings.push(`${kind}: ${text}`) })
  const noted = stores.outbox.prepare<[], string>("SELECT value FROM local_settings WHERE key = 'test'").pluck().get() ?? null
  if (value !== undefined) stores.outbox.prepare("INSERT OR REPLACE INTO local_settings (key, value) VALUES ('test', ?)").run(value)
  const { salvaged } = stores
  if (!isCutShort) stores.mended()
  stores.close()
  return { warnings, noted, salvaged }
}

function copyNow(): void {
  const source = new BetterSqlite3(databasePath)
  source.prepare('VACUUM INTO ?').run(join(folder, COPY))
  source.close()
}

test('the chosen copy takes the place of the outbox at the next start, once, and the file before it is kept', () => {
  start('when it was copied')
  copyNow()
  start('what came later')
  planRestore(folder, COPY)
  expect(plannedRestore(folder)).toBe(COPY)
  const restored = start()
  expect(restored.noted).toBe('when it was copied')
  // The envelope store may know more than the queue now: it is swept as after a salvage.
  expect(restored.salvaged).toBe(true)
  expect(restored.warnings).toEqual([expect.stringContaining(`restore_copy: The outbox was put back to the copy ${COPY}.`)])
  const kept = readdirSync(dataDir).find((name) => name.startsWith('outbox.db.before-restore-') && !name.endsWith('-wal') && !name.endsWith('-shm'))
  const before = new BetterSqlite3(join(dataDir, kept ?? 'missing'), { readonly: true })
  expect(before.prepare("SELECT value FROM local_settings WHERE key = 'test'").pluck().get()).toBe('what came later')
  before.close()
  expect(start()).toMatchObject({ noted: 'when it was copied', warnings: [], salvaged: false })
})

test('a start that ends too early leaves the comparison with the other stores to the next one', () => {
  start('when it was copied')
  copyNow()
  planRestore(folder, COPY)
  expect(start(undefined, true)).toMatchObject({ salvaged: true, warnings: [expect.stringContaining('restore_copy')] })
  expect(start()).toMatchObject({ salvaged: true, warnings: [expect.stringContaining('put back at an earlier start')] })
  expect(start()).toMatchObject({ salvaged: false, warnings: [] })
})

test('a plan is taken back, and one whose copy has gone does nothing', () => {
  start('as it is')
  copyNow()
  planRestore(folder, COPY)
  planRestore(folder, null)
  expect(start()).toMatchObject({ noted: 'as it is', warnings: [] })
  planRestore(folder, COPY)
  rmSync(join(folder, COPY))
  expect(plannedRestore(folder)).toBeNull()
  expect(start()).toMatchObject({ noted: 'as it is', warnings: [] })
  expect(readdirSync(folder)).toEqual([])
})

test('cut off before the copy had its name, the next start does it again', () => {
  start('when it was copied')
  copyNow()
  planRestore(folder, COPY)
  // The database was moved away, and the power went.
  writeFileSync(`${databasePath}.restoring`, 'half a file')
  rmSync(databasePath)
  expect(carryOutRestore({ folder, databasePath, nowMs: clock.now() })).toContain(COPY)
  expect(existsSync(`${databasePath}.restoring`)).toBe(false)
  expect(start().noted).toBe('when it was copied')
})
