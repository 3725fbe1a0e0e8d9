import { afterEach, beforeEach, expect, test } from 'vitest'
import { Warnings } from '../../../main/engine/base/warnings.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { tellLeftOut } from '../../../main/engine/sync/documents/left-out-notice.ts'
import { SetAside } from '../../../main/engine/sync/documents/set-aside.ts'

const clock = { now: () => 7, monotonic: () => 7, after: () => () => undefined }
let database: Database
beforeEach(() => {
  database = openDatabase({ path: ':memory:', migrations: migrations.cache, synchronous: 'normal' })
})
afterEach(() => database.close())

function notice(setAside: SetAside) {
  const warnings = new Warnings(() => undefined)
  const told = tellLeftOut({ setAside, warnings, clock, workspaces: () => ['w1', 'w2'], nameOf: (id) => (id === 'w1' ? 'n'.repeat(1_000) : 'Harbour team') })
  return { told, texts: () => warnings.list().map(({ kind, text }) => `${kind}: ${text}`) }
}

test('says how many things are left out and names a few, also after a restart, and ends when they come as they should be', () => {
  const setAside = new SetAside(database, clock)
  const { texts } = notice(setAside)
  expect(texts()).toEqual([])
  for (let index = 0; index < 7; index += 1) setAside.add('w2', 'setting', `key-${index}`, '{}', 'too large')
  setAside.settle('w2')
  expect(texts()).toEqual([expect.stringMatching(/^left_out: .*7 items from “Harbour team” \(setting key-6, .* and others\).*Everything else is shown/)])
  const { texts: afterRestart } = notice(new SetAside(database, clock))
  expect(afterRestart()).toEqual(texts())
  for (let index = 0; index < 7; index += 1) setAside.clear('w2', 'setting', `key-${index}`)
  setAside.settle('w2')
  expect(texts()).toEqual([])
})

test('names what a page could not show, and what an answer lost, and cuts long names', () => {
  const setAside = new SetAside(database, clock)
  const { told, texts } = notice(setAside)
  setAside.addAnswer('w1', 'readUsage', { count: 1, names: ['usage calls: used'] })
  told.notePage('alerts.read', { count: 2, names: ['rules a: name'] })
  expect(texts()).toEqual([expect.stringContaining('2 items of a page (rules a: name and others)')])
  expect(texts()[0]).toContain('readUsage: usage calls: used')
  expect(texts()[0]?.length).toBeLessThan(700)
  told.notePage('alerts.read', null)
  expect(texts()[0]).not.toContain('of a page')
})

test('the body of what is set aside is kept up to a bound, and so is their number', () => {
  const setAside = new SetAside(database, clock)
  for (let index = 0; index < 210; index += 1) setAside.add('w1', 'counter', String(index), 'x'.repeat(100_000), 'odd')
  expect(database.prepare('SELECT count(*) AS n, max(length(body)) AS longest FROM set_aside').get()).toEqual({ n: 200, longest: 65_536 })
})
