/** The FOCUS files of the demo's workspaces: against the published requirements model, and against their invoices. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CostDays } from '../../../main/engine/billing/costs/cost-days.ts'
import { createWorkspaceViews } from '../../../main/engine/billing/workspace-view.ts'
import { costCalls } from '../../../main/engine/calls/cost-calls.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { Documents } from '../../../main/engine/sync/documents/documents.ts'
import type { WorkspaceRecord } from '../../../main/engine/sync/accounts/workspace-registry.ts'
import { changesResponse } from '../../../shared/contract/platform.ts'
import { FOCUS_MODEL, heldAgainst, readModel } from '../../unit/engine-billing/focus-model.ts'
import { SandboxFixture, SteppedClock } from '../sandbox/fixture.ts'

const workspaceId = '0190c2a0-0000-7000-8000-000000000001'
/** Those whose platforms break costs down; the others have no such files. */
const catalogs = ['analytics', 'truthlocks']
const clock = new SteppedClock(Date.UTC(2026, 10, 20, 12))
type Row = Record<string, string>

let platform: SandboxFixture
let folder: string
let database: Database
const files = new Map<string, { rows: Row[]; newerRows: Row[]; invoices: { number: string; due: number }[] }>()

beforeAll(async () => {
  platform = await SandboxFixture.start({ clock, history: true })
  await platform.sandbox.pastMade()
  await platform.sandbox.tick()
  folder = mkdtempSync(join(tmpdir(), 'tidemark-focus-'))
  for (const catalog of catalogs) {
    database = openDatabase({ path: join(folder, `${catalog}.db`), migrations: migrations.cache, synchronous: 'normal' })
    const costDays = new CostDays(database)
    const documents = new Documents(database, { ...clock, now: () => clock.now(), monotonic: () => 1, after: () => () => undefined }, [costDays.topicTable()])
    for (let since = ''; ; ) {
      const { value } = await platform.send(changesResponse, 'GET', `/v1/sync/changes?limit=1000${since}`, { catalog })
      documents.apply(workspaceId, value, 1)
      if (!value.more) break
      since = `&since=${encodeURIComponent(value.cursor)}`
    }
    const record = { id: workspaceId, platformId: `account-${catalog}`, name: catalog, role: 'billing_contact' } as WorkspaceRecord
    const { view } = createWorkspaceViews({ registry: { find: () => record }, documents, clock, clockOffsetMs: () => 0 })
    const calls = costCalls({ view, documents, costDays, clock })
    const costs = await calls['costs.read']({ workspaceId, period: null, by: 'service' })
    const rows: Row[] = []
    const newerRows: Row[] = []
    for (const { name } of costs?.periods ?? []) {
      for (const [version, into] of [
        ['focus-1.2', rows],
        ['focus-1.3', newerRows],
      ] as const) {
        const { text } = await calls['costs.export']({ workspaceId, period: name, format: version })
        into.push(...parse<Row>(text, { columns: true }))
      }
    }
    const invoices = documents.list(workspaceId, 'invoice')
    files.set(catalog, {
      rows,
      newerRows,
      invoices: invoices.map(({ number, amount_cents: amount, balance_cents: balance = 0 }) => ({ number, due: amount + balance })),
    })
    database.close()
  }
}, 120_000)
afterAll(async () => {
  await platform.stop()
  rmSync(folder, { recursive: true, force: true })
})

const minorOf = (rows: readonly Row[], column: string): number => Math.round(rows.reduce((sum, row) => sum + Number(row[column]), 0) * 100)

describe.each(catalogs)('the files of %s', (catalog) => {
  const file = () => {
    const found = files.get(catalog)
    if (found === undefined) throw new Error(`There are no files of ${catalog}`)
    return found
  }

  test.skipIf(!existsSync(FOCUS_MODEL))(`keep every rule of the requirements model (skipped without ${FOCUS_MODEL})`, () => {
    const { ran, broken } = heldAgainst(readModel(), file().rows)
    expect(broken).toEqual([])
    expect(ran).toBeGreaterThan(130)
  })

  test('have for every invoice rows that come to what it charges', () => {
    const { rows, invoices } = file()
    const found = invoices.map(({ number }) => [
      number,
      minorOf(
        rows.filter((row) => row.InvoiceId === number),
        'BilledCost',
      ),
    ])
    expect(found).toEqual(invoices.map(({ number, due }) => [number, due]))
    expect(found.length).toBeGreaterThan(10)
  })

  test('say the same in 1.3, whose three parties have names', () => {
    const { rows, newerRows } = file()
    const common = Object.keys(newerRows[0] ?? {}).filter((column) => column in (rows[0] ?? {}))
    expect(common.length).toBeGreaterThan(35)
    const ofCommon = (row: Row) => common.map((column) => row[column])
    expect(newerRows.map(ofCommon)).toEqual(rows.map(ofCommon))
    for (const column of ['ServiceProviderName', 'HostProviderName', 'InvoiceIssuerName'])
      expect(newerRows.every((row) => (row[column] ?? '') !== '')).toBe(true)
  })

  test('spread what was bought over its use: nothing is lost, and each charge lies within its period', () => {
    const { rows } = file()
    const bought = rows.filter(({ ChargeCategory: category }) => category === 'Purchase')
    expect(bought.every(({ EffectiveCost: cost }) => Number(cost) === 0)).toBe(true)
    const used = rows.filter(({ ChargeCategory: category }) => category === 'Usage')
    expect(minorOf(used, 'EffectiveCost')).toBe(minorOf(used, 'BilledCost') + minorOf(bought, 'BilledCost'))
    for (const { BillingPeriodStart: from = '', BillingPeriodEnd: to = '', ChargePeriodStart: start = '', ChargePeriodEnd: end = '' } of rows) {
      expect(start >= from && start < to, start).toBe(true)
      expect(end > start && end <= to, end).toBe(true)
    }
  })
})
