import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { openSalvaging } from '../../../main/engine/store/salvage.ts'

const ROWS = 400
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-cut-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a file that is cut anywhere in a page gives back rows that were written, and no others', () => {
  const whole = join(folder, 'whole.db')
  const made = openDatabase({ path: whole, migrations: migrations.outbox, synchronous: 'full' })
  const insert = made.prepare('INSERT INTO name (no, text) VALUES (?, ?)')
  const texts = new Map(Array.from({ length: ROWS }, (_, no) => [no + 1, randomBytes(30).toString('hex')]))
  for (const [no, text] of texts) insert.run(no, text)
  const pageBytes = Number(made.pragma('page_size', { simple: true }))
  const pages = Number(made.pragma('page_count', { simple: true }))
  made.pragma('wal_checkpoint(TRUNCATE)')
  made.close()

  let cutRows = 0
  for (let page = Math.floor(pages / 2); page < pages; page += 1) {
    const data = join(folder, `cut-${page}`)
    mkdirSync(data)
    const path = join(data, 'outbox.db')
    copyFileSync(whole, path)
    truncateSync(path, page * pageBytes + 1 + ((page * 997) % (pageBytes - 1)))
    const { database, salvage } = openSalvaging({
      path,
      migrations: migrations.outbox,
      synchronous: 'full',
      backupFolder: join(data, 'backups'),
      nowMs: 1,
    })
    const rows = database.prepare<[], { no: number; text: string }>('SELECT no, text FROM name').all()
    database.close()
    expect(salvage).not.toBeNull()
    for (const { no, text } of rows) expect(text, `row ${no} after a cut in page ${page}`).toBe(texts.get(no))
    cutRows += rows.length < ROWS ? 1 : 0
  }
  // Else no cut went through the rows.
  expect(cutRows).toBeGreaterThan(0)
})
