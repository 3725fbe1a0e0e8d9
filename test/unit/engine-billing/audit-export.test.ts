import { expect, test } from 'vitest'
import { exportText } from '../../../main/engine/billing/audit-log/export-lines.ts'
import { sheetLocaleOf } from '../../../main/engine/billing/csv.ts'
import type { AuditRow } from '../../../shared/contract/console/audit.ts'

const english = sheetLocaleOf('en')
const row = (sequence: number, changes: Partial<AuditRow> = {}): AuditRow => ({
  sequence,
  action: 'branch.create',
  actor: 'm1',
  actorName: 'Tess Tenant',
  target: 'branch/x',
  metadata: '{"note":"a, \\"b\\""}',
  createdAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  hash: 'ab',
  ...changes,
})

test('the parts of a JSON export are one array', () => {
  const text = [
    exportText('json', { rows: [row(3), row(2)], isFirst: true, isLast: false }, english),
    exportText('json', { rows: [row(1)], isFirst: false, isLast: false }, english),
    exportText('json', { rows: [], isFirst: false, isLast: true }, english),
  ].join('')
  expect(JSON.parse(text)).toEqual(
    [3, 2, 1].map((sequence) => ({
      sequence,
      created_at: '2026-01-02T03:04:05.006Z',
      action: 'branch.create',
      actor: 'm1',
      actor_name: 'Tess Tenant',
      target: 'branch/x',
      metadata: { note: 'a, "b"' },
      hash: 'ab',
    })),
  )
})

test('an empty export is an empty array, and a CSV with its heading', () => {
  expect(JSON.parse(exportText('json', { rows: [], isFirst: true, isLast: true }, english))).toEqual([])
  const nothing = { rows: [], isFirst: true, isLast: true }
  expect(exportText('csv-for-programs', nothing, english)).toBe('sequence,created_at,action,actor,actor_name,target,metadata,hash\r\n')
  expect(exportText('csv-for-spreadsheets', nothing, english)).toBe('\uFEFFNumber,Date (UTC),Time (UTC),Action,By,Target,Details,Id of the member,Hash\r\n')
})

test('CSV quotes what has to be quoted', () => {
  const [, line] = exportText('csv-for-programs', { rows: [row(1, { target: 'two\nlines' })], isFirst: true, isLast: true }, english).split('\r\n')
  expect(line).toBe('1,2026-01-02T03:04:05.006Z,branch.create,m1,Tess Tenant,"two\nlines","{""note"":""a, \\""b\\""""}",ab')
})

test('for a spreadsheet date and time stand apart, the name in place of the id, and fields are parted as its language wants', () => {
  const rows = [row(1, { metadata: '{}' })]
  expect(exportText('csv-for-spreadsheets', { rows, isFirst: false, isLast: true }, sheetLocaleOf('de'))).toBe(
    '1;2026-01-02;03:04:05;branch.create;Tess Tenant;branch/x;{};m1;ab\r\n',
  )
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('%j is no formula for a spreadsheet, and itself for a program', (target) => {
  const part = { rows: [row(1, { target })], isFirst: false, isLast: true }
  expect(exportText('csv-for-spreadsheets', part, english)).toContain(`,'${target}`)
  expect(exportText('csv-for-programs', part, english)).toContain(`,${target},`)
})
