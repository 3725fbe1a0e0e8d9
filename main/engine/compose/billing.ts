import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { Clock } from '../base/clock.ts'
import { AuditLog } from '../billing/audit-log/audit-log.ts'
import { CostDays } from '../billing/costs/cost-days.ts'
import { InvoiceFiles } from '../billing/invoices/invoice-files.ts'
import { Invoices } from '../billing/invoices/invoices.ts'
import { UsageHistory } from '../billing/usage/usage-history.ts'
import { usageTopicTables } from '../billing/usage/usage-tables.ts'
import { Visits } from '../billing/visits.ts'
import { Ledger } from '../billing/wallet/ledger.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import type { Stores } from '../store/stores.ts'
import type { HttpPlatformClient } from '../sync/client/http-platform-client.ts'
import { Documents } from '../sync/documents/documents.ts'

export type BillingNeeds = {
  dataDir: string
  stores: Pick<Stores, 'cache'>
  local: LocalSettings
  client: HttpPlatformClient
  clock: Clock
  emit: (event: ConsoleEvent) => void
  report: (line: string) => void
}

export type BillingParts = {
  documents: Documents
  usageHistory: UsageHistory
  visits: Visits
  costDays: CostDays
  ledger: Ledger
  auditLog: AuditLog
  invoices: Invoices
}

/** The copy of the platform's documents and what pages read from it. Topics of many rows bring tables of their own. */
export function composeBilling({ dataDir, stores, local, client, clock, emit, report }: BillingNeeds): BillingParts {
  const auditLog = new AuditLog({ database: stores.cache, clock, emit, report })
  const costDays = new CostDays(stores.cache)
  const ledger = new Ledger(stores.cache)
  const documents = new Documents(stores.cache, clock, [
    costDays.topicTable(),
    ledger.topicTable(),
    ...usageTopicTables(stores.cache),
    ...auditLog.topicTables(),
  ])
  return {
    documents,
    usageHistory: new UsageHistory(stores.cache),
    visits: new Visits(local, clock),
    costDays,
    ledger,
    auditLog,
    invoices: new Invoices({ documents, client, files: new InvoiceFiles(dataDir) }),
  }
}
