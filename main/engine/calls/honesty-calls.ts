import { auditLines } from '../billing/audit.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { HistoryNotes } from '../histories/history-notes.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { EgressLog } from '../sync/client/egress-log.ts'
import type { Sync } from '../sync/sync.ts'
import type { Vault } from '../vault/vault.ts'

export type HonestyCallParts = {
  view: WorkspaceViewOf
  documents: Pick<Documents, 'list'>
  outbox: Pick<Outbox, 'storedTotals' | 'pushCount' | 'unanswered' | 'unansweredPushCount'>
  sync: Pick<Sync, 'auditInputs'>
  notes: Pick<HistoryNotes, 'lastAt'>
  vault: Pick<Vault, 'subKeys'>
  egress: Pick<EgressLog, 'page'>
}

export function honestyCalls({ view, documents, outbox, sync, notes, vault, egress }: HonestyCallParts): HandlersOf<'honesty'> {
  return {
    'honesty.audit': async ({ workspaceId }) => {
      // Asked first: what is counted here is counted when the platform's answer is there.
      const { device, isOfNow, asOf } = await sync.auditInputs(workspaceId)
      const { period } = view(workspaceId)
      const wentBackAt = notes.lastAt(workspaceId)
      const stored = outbox.storedTotals(workspaceId)
      const mine = new Set(vault.subKeys.list(workspaceId).flatMap(({ id, revokedAt }) => (revokedAt === null ? id : [])))
      const theirs = documents.list(workspaceId, 'sub_key').filter(({ id, revoked_at }) => revoked_at === null && mine.has(id))
      return {
        checkedAt: asOf,
        lines: auditLines(
          {
            storedEnvelopes: stored.reduce((sum, { count }) => sum + count, 0),
            storedBytes: stored.reduce((sum, { bytes }) => sum + bytes, 0),
            syncOperations: period === null ? 0 : outbox.pushCount(workspaceId, period.startMs, period.endMs),
            subKeys: mine.size,
            unansweredEnvelopes: outbox.unanswered(workspaceId),
            unansweredPushes: period === null ? 0 : outbox.unansweredPushCount(workspaceId, period.startMs, period.endMs),
          },
          {
            storedEnvelopes: device?.stored_envelopes ?? null,
            storedBytes: device?.stored_bytes ?? null,
            syncOperations: device?.sync_operations ?? null,
            subKeys: asOf === null ? null : theirs.length,
          },
          { isOfNow, wentBackInPeriod: period !== null && wentBackAt !== null && wentBackAt >= period.startMs },
        ),
      }
    },
    'honesty.egress': (input) => egress.page(input),
  }
}
