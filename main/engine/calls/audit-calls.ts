import type { AuditRow } from '../../../shared/contract/console/audit.ts'
import { sequenceOf, type StoredEntry } from '../billing/audit-log/book.ts'
import { exportText } from '../billing/audit-log/export-lines.ts'
import type { Services } from './services.ts'
import { fileWords } from '../sync/accounts/workspace-names.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { recordOf } from './workspace-calls.ts'

/** Entries in one part of an export. */
const EXPORT_PART = 2_000

export function auditCalls(services: Services): HandlersOf<'audit'> {
  const { auditLog, documents, clock } = services

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
      recordOf(services, workspaceId)
      const members = documents.list(workspaceId, 'member')
      const page = auditLog.reads.page(workspaceId, filter, before, limit, members)
      return { ...page, rows: rowsOf(members, page.rows) }
    },
    'audit.overview': ({ workspaceId }) => {
      recordOf(services, workspaceId)
      return auditLog.reads.overview(workspaceId)
    },
    'audit.recheck': ({ workspaceId }) => {
      recordOf(services, workspaceId)
      auditLog.recheck(workspaceId)
      return {}
    },
    'audit.export': ({ workspaceId, filter, format, before }) => {
      const { name } = recordOf(services, workspaceId)
      const members = documents.list(workspaceId, 'member')
      const page = auditLog.reads.page(workspaceId, filter, before, EXPORT_PART, members)
      const rows = rowsOf(members, page.rows)
      const day = new Date(clock.now()).toISOString().slice(0, 10)
      return {
        fileName: `${fileWords(name)}-audit-log-${day}.${format}`,
        text: exportText(format, { rows, isFirst: before === null, isLast: page.next === null }),
        rows: rows.length,
        next: page.next,
      }
    },
  }
}
