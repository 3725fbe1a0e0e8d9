import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { EngineOptions, SecretStore } from '../../bridge/messages.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import type { AuditLog } from '../billing/audit-log/audit-log.ts'
import type { CostDays } from '../billing/costs/cost-days.ts'
import type { Invoices } from '../billing/invoices/invoices.ts'
import type { UsageHistory } from '../billing/usage/usage-history.ts'
import type { Visits } from '../billing/visits.ts'
import type { Ledger } from '../billing/wallet/ledger.ts'
import type { Clock } from '../base/clock.ts'
import type { ImportService } from '../intake/imports.ts'
import type { IntakeServer } from '../intake/server.ts'
import type { MemoryTitles } from '../vault/memory-titles.ts'
import type { CiphertextReader } from '../outbox/item.ts'
import type { Drainer } from '../outbox/delivery/drainer.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Backups } from '../store/backups.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { DeviceIdentity } from '../sync/accounts/device-identity.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import type { EgressLog } from '../sync/client/egress-log.ts'
import type { PlatformClient } from '../sync/client/platform-client.ts'
import type { Sync } from '../sync/sync.ts'
import type { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import type { Vault } from '../vault/vault.ts'
import type { EnvelopeStore } from '../vault/envelopes/envelope-store.ts'
import type { Warnings } from '../base/warnings.ts'

/** What the bridge's handlers work with; made once by the composition. */
export type Services = {
  options: EngineOptions
  clock: Clock
  secrets: SecretStore
  emit: (event: ConsoleEvent) => void
  registry: WorkspaceRegistry
  documents: Documents
  /** Settings of this computer alone. */
  local: LocalSettings
  usageHistory: UsageHistory
  visits: Visits
  costDays: CostDays
  ledger: Ledger
  invoices: Invoices
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
  imports: ImportService
  activity: ActivityLog
  auditLog: AuditLog
  warnings: Warnings
  backups: Backups
  /** Null while the agents' door is closed. */
  intake: () => IntakeServer | null
}
