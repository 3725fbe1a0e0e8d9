import type { AuditRow } from '../../../../shared/contract/console/audit.ts'
import { csvForSpreadsheets } from '../csv.ts'

export type ExportFormat = 'csv' | 'json'
type Part = { rows: readonly AuditRow[]; isFirst: boolean; isLast: boolean }

const COLUMNS = ['sequence', 'created_at', 'action', 'actor', 'actor_name', 'target', 'metadata', 'hash'] as const

/** Pure: one part of the file; all parts in their order are the file. JSON is one array. */
export function exportText(format: ExportFormat, part: Part): string {
  return format === 'csv' ? csv(part) : json(part)
}

function csv({ rows, isFirst }: Part): string {
  return csvForSpreadsheets(
    isFirst ? COLUMNS : null,
    rows.map((row) => [row.sequence, new Date(row.createdAt).toISOString(), row.action, row.actor, row.actorName, row.target, row.metadata, row.hash]),
  )
}

function json({ rows, isFirst, isLast }: Part): string {
  // The metadata is JSON already and goes in as it is.
  const items = rows.map(
    ({ sequence, action, actor, actorName, target, metadata, createdAt, hash }) =>
      `  ${JSON.stringify({ sequence, created_at: new Date(createdAt).toISOString(), action, actor, actor_name: actorName, target }).slice(0, -1)},"metadata":${metadata},"hash":${JSON.stringify(hash)}}`,
  )
  const body = items.join(',\n')
  const start = isFirst ? '[\n' : items.length > 0 ? ',\n' : ''
  return `${start}${body}${isLast ? '\n]\n' : ''}`
}
