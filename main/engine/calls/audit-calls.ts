import type { AuditExportFormat, AuditRow } from '../../../shared/contract/console/audit.ts'
import type { AuditLog } from '../billing/audit-log/audit-log.ts'
import { whyNotRetention } from '../billing/permissions.ts'
import { sequenceOf, type StoredEntry } from '../billing/audit-log/book.ts'
import { exportText } from '../billing/audit-log/export-lines.ts'
import { sheetLocaleOf } from '../billing/csv.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { Clock } from '../base/clock.ts'
import type { Documents } from '../sync/documents/documents.ts'
import { fileWords } from '../sync/accounts/workspace-names.ts'

/** Entries in one part of an export. */
const EXPORT_PART = 2_000
const FILE_ENDINGS: Record<AuditExportFormat, string> = { 'csv-for-spreadsheets': '-spreadsheet.csv', 'csv-for-programs': '.csv', json: '.json' }

export type AuditCallParts = {
  view: WorkspaceViewOf
  auditLog: Pick<AuditLog, 'reads' | 'recheck'>
  documents: Pick<Documents, 'list'>
  clock: Pick<Clock, 'now'>
}

export function auditCalls({ view, auditLog, documents, clock }: AuditCallParts): HandlersOf<'audit'> {
  function rowsOf(members: readonly { id: string; name: string }[], stored: readonly StoredEntry[]): AuditRow[] {
    const names = new Map(members.map(({ id, name }) => [id, name]))
    return stored.map(({ place, action, actor, target, metadata, created_at: createdAt, hash }) => ({
      sequence: sequenceOf(place),
      action,
      actor,
      actorName: names.get(actor) ?? actor,
      target,
      metadata,
      createdAt,
      hash,
    }))
  }

  return {
    'audit.page': ({ workspaceId, filter, before, limit }) => {
      view(workspaceId)
      const members = documents.list(workspaceId, 'member')
      const page = auditLog.reads.page(workspaceId, filter, before, limit, members)
      return { ...page, rows: rowsOf(members, page.rows) }
    },
    'audit.overview': ({ workspaceId }) => {
      const workspace = view(workspaceId)
      return { ...auditLog.reads.overview(workspaceId), retentionMayNot: whyNotRetention(workspace) }
    },
    'audit.recheck': ({ workspaceId }) => {
      view(workspaceId)
      auditLog.recheck(workspaceId)
      return {}
    },
    'audit.export': ({ workspaceId, filter, format, before, language = 'en' }) => {
      const { name } = view(workspaceId).record
      const members = documents.list(workspaceId, 'member')
      const page = auditLog.reads.page(workspaceId, filter, before, EXPORT_PART, members)
      const rows = rowsOf(members, page.rows)
      const day = new Date(clock.now()).toISOString().slice(0, 10)
      return {
        fileName: `${fileWords(name)}-audit-log-${day}${FILE_ENDINGS[format]}`,
        text: exportText(format, { rows, isFirst: before === null, isLast: page.next === null }, sheetLocaleOf(language)),
        rows: rows.length,
        next: page.next,
      }
    },
  }
}
