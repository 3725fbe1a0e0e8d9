import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { EngineOptions } from '../../bridge/messages.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import type { AuditLog } from '../billing/audit-log/audit-log.ts'
import type { CostDays } from '../billing/costs/cost-days.ts'
import type { Invoices } from '../billing/invoices/invoices.ts'
import { createReleasePreviews } from '../billing/plans/release-preview.ts'
import type { UsageFiles } from '../billing/usage-file/usage-files.ts'
import type { UsageHistory } from '../billing/usage/usage-history.ts'
import type { Visits } from '../billing/visits.ts'
import type { Ledger } from '../billing/wallet/ledger.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { Handlers } from '../bridge/handlers.ts'
import { alertCalls } from '../calls/alert-calls.ts'
import { auditCalls } from '../calls/audit-calls.ts'
import { billingCalls } from '../calls/billing-calls.ts'
import { cheapestPlanCalls } from '../calls/cheapest-plan-calls.ts'
import { costCalls } from '../calls/cost-calls.ts'
import { dataCalls } from '../calls/data-calls.ts'
import { firstStepsCalls } from '../calls/first-steps-calls.ts'
import { historyCalls } from '../calls/history-calls.ts'
import { honestyCalls } from '../calls/honesty-calls.ts'
import { identityCalls } from '../calls/identity-calls.ts'
import { invoiceCalls } from '../calls/invoice-calls.ts'
import { localCalls } from '../calls/local-calls.ts'
import { offerCalls } from '../calls/offer-calls.ts'
import { outboxCalls } from '../calls/outbox-calls.ts'
import { overviewCalls } from '../calls/overview-calls.ts'
import { settingsCalls } from '../calls/settings-calls.ts'
import { usageCalls } from '../calls/usage-calls.ts'
import { usageFileCalls } from '../calls/usage-file-calls.ts'
import { walletCalls } from '../calls/wallet-calls.ts'
import { workspaceCalls } from '../calls/workspace-calls.ts'
import type { Clock } from '../base/clock.ts'
import type { ImportService } from '../intake/imports.ts'
import type { IntakeServer } from '../intake/server.ts'
import type { MemoryTitles } from '../vault/memory-titles.ts'
import type { Drainer } from '../outbox/delivery/drainer.ts'
import type { CiphertextReader } from '../outbox/item.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Backups } from '../store/backups.ts'
import { dataSizes } from '../store/data-sizes.ts'
import type { DeviceIdentity } from '../sync/accounts/device-identity.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { EgressLog } from '../sync/client/egress-log.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import type { PlatformClient } from '../sync/client/platform-client.ts'
import { ForeignEnvelopes } from '../histories/foreign-envelopes.ts'
import { HistoryNotes } from '../histories/history-notes.ts'
import type { AwaitedPlatform } from '../sync/accounts/first-workspaces.ts'
import type { Sync } from '../sync/sync.ts'
import type { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import type { EnvelopeStore } from '../vault/envelopes/envelope-store.ts'
import type { SubKeyRequests } from '../vault/keys/sub-key-requests.ts'
import type { Vault } from '../vault/vault.ts'
import type { Warnings } from '../base/warnings.ts'

/** All that any of the bridge's handlers works with. Each of them is handed its own part of it, never the whole. */
export type HandlerParts = {
  options: EngineOptions
  clock: Clock
  emit: (event: ConsoleEvent) => void
  view: WorkspaceViewOf
  registry: WorkspaceRegistry
  documents: Documents
  /** Settings of this computer alone. */
  local: LocalSettings
  usageHistory: UsageHistory
  usageFiles: UsageFiles
  visits: Visits
  costDays: CostDays
  ledger: Ledger
  invoices: Invoices
  auditLog: AuditLog
  activity: ActivityLog
  egress: EgressLog
  device: DeviceIdentity
  client: PlatformClient
  sync: Sync
  outbox: Outbox
  drainer: Drainer
  reader: CiphertextReader
  titles: MemoryTitles
  envelopes: EnvelopeStore
  vault: Vault
  subKeyRequests: SubKeyRequests
  imports: ImportService
  warnings: Warnings
  backups: Backups
  backupFolder: string
  /** Null while the agents' door is closed. */
  intake: () => IntakeServer | null
  /** The platform of the start that is not here yet. */
  awaited: () => AwaitedPlatform | null
}

export function composeHandlers(parts: HandlerParts): Handlers {
  const { options, clock, emit, view, registry, documents, sync, outbox, vault, activity, client, invoices, warnings, backups } = parts
  const { usageHistory, costDays, ledger, drainer, subKeyRequests } = parts
  const sizes = () => dataSizes(options.dataDir, parts.envelopes)
  const heldSizesBytes = (workspaceId: string) => outbox.envelopeSizes(workspaceId, ['held']).bytes
  const releasePreviews = createReleasePreviews({
    heldSizesBytes,
    hasOpenSession: (workspaceId) => sync.sessions.current(workspaceId) !== null,
  })
  const notes = new HistoryNotes(parts.local)
  const foreign = new ForeignEnvelopes({
    documents,
    local: parts.local,
    ownDevices: (workspaceId) => new Set([sync.deviceId(workspaceId), ...outbox.history.summaries(workspaceId).map(({ deviceId }) => deviceId)]),
    ownSubKeys: (workspaceId) => new Set(vault.subKeys.list(workspaceId).map(({ id }) => id)),
    wasRestored: (workspaceId) => sync.wasRestored(workspaceId),
    isRestoring: (workspaceId) => sync.restoreProgress(workspaceId).state === 'running',
  })
  return {
    ...workspaceCalls({ view, awaited: parts.awaited, registry, documents, local: parts.local, sync, drainer, outbox, vault, invoices, activity, emit }),
    ...overviewCalls({ view, documents, releasePreviews, outbox, activity, sync, clock }),
    ...firstStepsCalls({ view, documents, vault, activity, local: parts.local, emit }),
    ...outboxCalls({ view, releasePreviews, outbox, drainer, reader: parts.reader, titles: parts.titles, vault, activity, clock }),
    ...alertCalls({ view, documents, costDays, outbox, emit }),
    ...auditCalls({ view, auditLog: parts.auditLog, documents, clock }),
    ...costCalls({ view, documents, costDays, clock }),
    ...walletCalls({ view, documents, ledger, client, sync, registry, clock, emit }),
    ...invoiceCalls({ view, invoices, documents }),
    ...usageCalls({ view, documents, usageHistory, costDays, ledger, visits: parts.visits, activity }),
    ...usageFileCalls({ view, usageFiles: parts.usageFiles }),
    ...billingCalls({ view, sync }),
    ...cheapestPlanCalls({ view, usageHistory, heldSizesBytes }),
    ...offerCalls({ view, releasePreviews, documents, client, sync, clock }),
    ...honestyCalls({ view, documents, outbox, sync, notes, vault, egress: parts.egress }),
    ...historyCalls({ view, notes, foreign, emit }),
    ...identityCalls({ view, documents, outbox, vault, subKeyRequests, sync, activity, emit }),
    ...settingsCalls({ view, documents, outbox, emit }),
    ...localCalls({ view, options, device: parts.device, intake: parts.intake, vault, imports: parts.imports, backups, sync, sizes, warnings }),
    ...dataCalls({ options, registry, documents, invoices, sync, outbox, backups, backupFolder: parts.backupFolder, sizes, vault, warnings, clock, emit }),
  }
}
