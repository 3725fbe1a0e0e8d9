/** The platform's tables as Kysely sees them; the SQL of `migrations/platform` is their source. Times are epoch ms. */
import type { Generated } from 'kysely'
import type { AlertTables } from './alert-tables.ts'
import type { AuditTables } from './audit-tables.ts'
import type { InvoiceTables } from './invoice-tables.ts'
import type { PurchaseTables } from './purchase-tables.ts'
import type { UsageTables } from './usage-tables.ts'
import type { WalletTables } from './wallet-tables.ts'

export type Deployment = 'platform' | 'self-hosted'

export type WorkspacesTable = {
  id: string
  name: string
  catalog: string
  deployment: Deployment
  plan_id: string
  /** The plan in force when nothing is bought; null: the catalog's default plan. */
  base_plan_id: string | null
  /** What a plan without a list price costs this customer; null: nobody has agreed on one. */
  agreed_price_cents: Generated<number | null>
  /** Bought on top of the plan's own. */
  seats: Generated<number>
  subscription_id: string | null
  cancel_at_period_end: Generated<number>
  /** Another plan that begins with the next period. */
  pending_plan_id: Generated<string | null>
  payment_method: string | null
  period_anchor: number
  period_start: number
  period_end: number
  change_sequence: Generated<number>
  /** When the newest row of the changes feed was written; null: not since this is kept. */
  changed_at: Generated<number | null>
  envelope_sequence: Generated<number>
  created_at: number
}

export type CountersTable = { workspace_id: string; metric: string; used: Generated<number>; quota_limit: number; version: Generated<number> }

export type DevicesTable = {
  workspace_id: string
  id: string
  created_at: number
  revoked_at: number | null
  last_seen_at: number | null
  /** The newest start of its console; null: none was told. */
  instance: string | null
  stored_envelopes: Generated<number>
  stored_bytes: Generated<number>
  sync_operations: Generated<number>
}

export type SubKeysTable = {
  workspace_id: string
  id: string
  device_id: string | null
  created_at: number
  revoked_at: number | null
  stored_envelopes: Generated<number>
  stored_bytes: Generated<number>
}

export type EnvelopesTable = {
  sequence: Generated<number>
  workspace_id: string
  id: string
  device_id: string | null
  memory_ref: string | null
  revision: number | null
  sub_key_id: string | null
  /** As the device wrote it. */
  created_at: string | null
  size_bytes: number | null
  sha256: string | null
  ciphertext: Uint8Array | null
  stored_at: number | null
  deleted_at: number | null
}

export type Schema = InvoiceTables &
  AlertTables &
  AuditTables &
  PurchaseTables &
  UsageTables &
  WalletTables & {
    workspaces: WorkspacesTable
    members: { id: string; workspace_id: string; name: string; role: string; created_at: number }
    tokens: { token_hash: string; member_id: string; created_at: number; expires_at: number | null; revoked_at: number | null }
    settings: { workspace_id: string; key: string; value: string; version: number; updated_at: number }
    counters: CountersTable
    counter_reads: { token_hash: string; metric: string; used: number }
    devices: DevicesTable
    sub_keys: SubKeysTable
    sessions: { id: string; workspace_id: string; device_id: string; opened_at: number; expires_at: number; closed_at: number | null }
    envelopes: EnvelopesTable
    changes: { workspace_id: string; topic: string; id: string; sequence: number; op: 'upsert' | 'delete'; version: number; body: string | null }
    platform_identity: { only_row: number; id: string }
    present_era: { only_row: number; name: string }
    eras: { workspace_id: string; feed: 'changes' | 'envelopes'; first_sequence: number; era: string; after_at: number | null }
    device_summaries: { workspace_id: string; device_id: string; count: number; sum: string }
    duplicate_ids: { workspace_id: string; device_id: string; id: string }
    webhook_receipts: { webhook_id: string; received_at: number }
    remembered_answers: {
      workspace_id: string
      member_id: string
      route: string
      key: string
      request_sha256: string
      status: number
      body: string
      created_at: number
    }
  }
