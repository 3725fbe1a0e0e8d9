import { expect, test } from 'vitest'
import { exportText } from '../../../main/engine/billing/audit-log/export-lines.ts'
import type { AuditRow } from '../../../shared/contract/console/audit.ts'

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
    exportText('json', { rows: [row(3), row(2)], isFirst: true, isLast: false }),
    exportText('json', { rows: [row(1)], isFirst: false, isLast: false }),
    exportText('json', { rows: [], isFirst: false, isLast: true }),
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
  expect(JSON.parse(exportText('json', { rows: [], isFirst: true, isLast: true }))).toEqual([])
  expect(exportText('csv', { rows: [], isFirst: true, isLast: true })).toBe('sequence,created_at,action,actor,actor_name,target,metadata,hash\r\n')
})

test('CSV quotes what has to be quoted', () => {
  const [, line] = exportText('csv', { rows: [row(1, { target: 'two\nlines' })], isFirst: true, isLast: true }).split('\r\n')
  expect(line).toBe('1,2026-01-02T03:04:05.006Z,branch.create,m1,Tess Tenant,"two\nlines","{""note"":""a, \\""b\\""""}",ab')
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('%j is no formula', (target) => {
  expect(exportText('csv', { rows: [row(1, { target })], isFirst: false, isLast: true })).toContain(`,'${target}`)
})
