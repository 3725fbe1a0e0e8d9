import { auditLines } from '../billing/audit.ts'
import type { Services } from './services.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { recordOf } from './workspace-calls.ts'

export function honestyCalls(services: Services): HandlersOf<'honesty'> {
  const { outbox, documents, egress, sync, vault } = services
  return {
    'honesty.audit': ({ workspaceId }) => {
      recordOf(services, workspaceId)
      const { device, asOf } = sync.auditInputs(workspaceId)
      const stored = outbox.storedTotals(workspaceId)
      const plan = documents.read(workspaceId, 'plan')
      const period = plan === null ? null : { startMs: Date.parse(plan.period.start), endMs: Date.parse(plan.period.end) }
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
        ),
      }
    },
    'honesty.egress': (input) => egress.page(input),
  }
}
