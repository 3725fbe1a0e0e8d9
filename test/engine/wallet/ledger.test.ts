import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Ledger } from '../../../main/engine/billing/wallet/ledger.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'

const WORKSPACE = 'w1'
const DAY_MS = 86_400_000
const ALL = { kind: null, element: null }

let folder: string
let database: Database
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-ledger-'))
  database = openDatabase({ path: join(folder, 'cache.db'), migrations: migrations.cache, synchronous: 'normal' })
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

/** A line as the feed brings it. */
function line(number: number, changed: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    circle: 'c1',
    number,
    at: new Date(number * DAY_MS).toISOString(),
    kind: 'debit',
    operation: 'use',
    element: number % 2 === 0 ? 'even' : 'odd',
    dimension: 'calls',
    quantity: 1,
    rate_micro_au: 10,
    per: 1,
    scope: 'root',
    amount_micro_au: -10,
    balance_micro_au: 1000 - 10 * number,
    waived_micro_au: 0,
    run_id: null,
    instance_id: null,
    member_id: null,
    reference: null,
    ...changed,
  }
}

function fill(ledger: Ledger, lines: readonly Record<string, unknown>[], generation = 1, workspace = WORKSPACE): void {
  const table = ledger.topicTable()
  for (const body of lines) table.upsert(workspace, `${body.circle}/${body.number}`, 1, body, generation)
}

const numbers = ({ lines }: ReturnType<Ledger['page']>): number[] => lines.map(({ number }) => number)

describe('the cached ledger', () => {
  test('comes in pages, newest first, by kind and by element, of one circle of one workspace', () => {
    const ledger = new Ledger(database)
    fill(
      ledger,
      [1, 2, 3, 4, 5].map((number) => line(number)),
    )
    fill(ledger, [line(6, { kind: 'top_up', amount_micro_au: 500, element: null }), line(9, { circle: 'c2' })])
    fill(ledger, [line(8)], 1, 'w2')
    expect(numbers(ledger.page(WORKSPACE, 'c1', ALL, null, 4))).toEqual([6, 5, 4, 3])
    expect(numbers(ledger.page(WORKSPACE, 'c1', ALL, 3, 4))).toEqual([2, 1])
    expect(numbers(ledger.page(WORKSPACE, 'c1', { kind: 'top_up', element: null }, null, 4))).toEqual([6])
    expect(numbers(ledger.page(WORKSPACE, 'c1', { kind: 'debit', element: 'even' }, null, 4))).toEqual([4, 2])
    expect(ledger.count(WORKSPACE, 'c1', ALL)).toBe(6)
    expect(ledger.count(WORKSPACE, 'c1', { kind: 'debit', element: 'odd' })).toBe(3)
  })

  test('sums by day, with the balance after the last line of each; amounts in 64 bits', () => {
    const ledger = new Ledger(database)
    const at = new Date(7 * DAY_MS + 5).toISOString()
    fill(ledger, [
      line(1, { at, amount_micro_au: '-9007199254740993', balance_micro_au: '9007199254740995' }),
      line(2, { at, amount_micro_au: -2, balance_micro_au: '9007199254740993' }),
      line(3, { at, kind: 'top_up', amount_micro_au: 7, balance_micro_au: '9007199254741000' }),
      line(4, { at: new Date(9 * DAY_MS).toISOString(), amount_micro_au: -1, balance_micro_au: '9007199254740999' }),
    ])
    expect(ledger.days(WORKSPACE, 'c1', 7)).toEqual([
      { day: 7, debitedMicroAu: 9_007_199_254_740_995n, creditedMicroAu: 7n, balanceMicroAu: 9_007_199_254_741_000n },
      { day: 9, debitedMicroAu: 1n, creditedMicroAu: 0n, balanceMicroAu: 9_007_199_254_740_999n },
    ])
    expect(ledger.balanceBefore(WORKSPACE, 'c1', 9)).toBe(9_007_199_254_741_000n)
    expect(ledger.balanceBefore(WORKSPACE, 'c1', 7)).toBeNull()
  })

  test('says what is news, and forgets what a reading from the beginning did not bring', () => {
    const ledger = new Ledger(database)
    const table = ledger.topicTable()
    expect(table.upsert(WORKSPACE, 'c1/1', 1, line(1), 1)).toBe(true)
    expect(table.upsert(WORKSPACE, 'c1/1', 1, line(1), 2)).toBe(false)
    fill(ledger, [line(2)], 1)
    expect(table.sweep(WORKSPACE, 2)).toBe(true)
    expect(numbers(ledger.page(WORKSPACE, 'c1', ALL, null, 9))).toEqual([1])
    expect(table.remove(WORKSPACE, 'c1/1')).toBe(true)
    expect(table.remove(WORKSPACE, 'c1/1')).toBe(false)
    fill(ledger, [line(3)])
    table.forget(WORKSPACE)
    expect(ledger.count(WORKSPACE, 'c1', ALL)).toBe(0)
  })

  test('leaves out a line that is no longer what it should be', () => {
    const ledger = new Ledger(database)
    fill(ledger, [line(1), line(2)])
    database.prepare("UPDATE ledger_lines SET body = '{' WHERE number = 2").run()
    expect(numbers(ledger.page(WORKSPACE, 'c1', ALL, null, 9))).toEqual([1])
  })

  test('says where the next page begins, also after a line that was left out, and that the last one is the last', () => {
    const ledger = new Ledger(database)
    fill(
      ledger,
      [1, 2, 3, 4].map((number) => line(number)),
    )
    database.prepare("UPDATE ledger_lines SET body = '{' WHERE number = 3").run()
    expect(ledger.page(WORKSPACE, 'c1', ALL, null, 2)).toMatchObject({ lines: [{ number: 4 }], next: 3 })
    expect(ledger.page(WORKSPACE, 'c1', ALL, 3, 2)).toMatchObject({ lines: [{ number: 2 }, { number: 1 }], next: null })
  })
})

describe('the migration', () => {
  test('adds the table to a cache of the version before, and keeps what is there', () => {
    const path = join(folder, 'older.db')
    const before = migrations.cache.filter(({ version }) => version < 4)
    const older = openDatabase({ path, migrations: before, synchronous: 'normal' })
    older.prepare("INSERT INTO documents (workspace_id, topic, id, version, body, generation) VALUES ('w1', 'plan', 'plan', 1, '{}', 1)").run()
    older.close()
    const newer = openDatabase({ path, migrations: migrations.cache, synchronous: 'normal' })
    fill(new Ledger(newer), [line(1)])
    expect(newer.prepare('SELECT count(*) AS kept FROM documents').get()).toEqual({ kept: 1 })
    newer.close()
  })

  test.each([
    ['a page', (ledger: Ledger) => ledger.page(WORKSPACE, 'c1', ALL, 5, 9), 'PRIMARY KEY'],
    ['a page of a kind', (ledger: Ledger) => ledger.page(WORKSPACE, 'c1', { kind: 'debit', element: null }, 5, 9), 'ledger_lines_by_kind'],
    ['a page of an element', (ledger: Ledger) => ledger.page(WORKSPACE, 'c1', { kind: 'debit', element: 'odd' }, 5, 9), 'ledger_lines_by_element'],
    ['a count of an element', (ledger: Ledger) => ledger.count(WORKSPACE, 'c1', { kind: null, element: 'odd' }), 'ledger_lines_by_element'],
    ['the days', (ledger: Ledger) => ledger.days(WORKSPACE, 'c1', 5), 'COVERING INDEX ledger_lines_by_day'],
    ['the balance before', (ledger: Ledger) => ledger.balanceBefore(WORKSPACE, 'c1', 5), 'COVERING INDEX ledger_lines_by_day'],
  ] as const)('%s is found by its index, without sorting', (_, read, index) => {
    const prepare = vi.spyOn(database, 'prepare')
    read(new Ledger(database))
    const [sql] = prepare.mock.calls.map(([text]) => text)
    prepare.mockRestore()
    const values = Array.from((sql ?? '').matchAll(/\?/g), () => 1)
    const plan = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map(({ detail }) => detail)
      .join('; ')
    expect(plan).toContain(index)
    expect(plan).not.toContain('TEMP B-TREE')
  })
})
