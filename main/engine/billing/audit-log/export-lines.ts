import type { AuditExportFormat, AuditRow } from '../../../../shared/contract/console/audit.ts'
import { csvForPrograms, csvForSpreadsheets, type SheetLocale } from '../csv.ts'

type Part = { rows: readonly AuditRow[]; isFirst: boolean; isLast: boolean }

const COLUMNS = ['sequence', 'created_at', 'action', 'actor', 'actor_name', 'target', 'metadata', 'hash'] as const
const SHEET_COLUMNS = ['Number', 'Date (UTC)', 'Time (UTC)', 'Action', 'By', 'Target', 'Details', 'Id of the member', 'Hash'] as const
const DATE_LETTERS = 10

/** Pure: one part of the file; all parts in their order are the file. JSON is one array. */
export function exportText(format: AuditExportFormat, part: Part, locale: SheetLocale): string {
  switch (format) {
    case 'csv-for-spreadsheets':
      return forSpreadsheets(part, locale)
    case 'csv-for-programs':
      return forPrograms(part)
    case 'json':
      return json(part)
  }
}

function forPrograms({ rows, isFirst }: Part): string {
  return csvForPrograms(
    isFirst ? COLUMNS : null,
    rows.map((row) => [row.sequence, instant(row), row.action, row.actor, row.actorName, row.target, row.metadata, row.hash]),
  )
}

/** Date and time apart, since a spreadsheet takes both together with a zone for text. */
function forSpreadsheets({ rows, isFirst }: Part, locale: SheetLocale): string {
  return csvForSpreadsheets(
    isFirst ? SHEET_COLUMNS : null,
    rows.map((row) => {
      const at = instant(row)
      return [
        row.sequence,
        at.slice(0, DATE_LETTERS),
        at.slice(DATE_LETTERS + 1, -'.000Z'.length),
        row.action,
        row.actorName,
        row.target,
        row.metadata,
        row.actor,
        row.hash,
      ]
    }),
    locale,
  )
}

function json({ rows, isFirst, isLast }: Part): string {
  // The metadata is JSON already and goes in as it is.
  const items = rows.map(
    (row) =>
      `  ${JSON.stringify({ sequence: row.sequence, created_at: instant(row), action: row.action, actor: row.actor, actor_name: row.actorName, target: row.target }).slice(0, -1)},"metadata":${row.metadata},"hash":${JSON.stringify(row.hash)}}`,
  )
  const body = items.join(',\n')
  const start = isFirst ? '[\n' : items.length > 0 ? ',\n' : ''
  return `${start}${body}${isLast ? '\n]\n' : ''}`
}

function instant({ createdAt }: AuditRow): string {
  return new Date(createdAt).toISOString()
}
