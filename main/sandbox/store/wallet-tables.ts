import type { Generated } from 'kysely'

/** Amounts are micro-AU, exact below 2^53. */
export type WalletsTable = {
  circle_id: string
  balance_micro_au: Generated<number>
  held_micro_au: Generated<number>
  last_line: Generated<number>
  existence_day: number
}

export type LedgerLinesTable = {
  circle_id: string
  number: number
  at: number
  kind: 'debit' | 'top_up' | 'opening'
  amount_micro_au: number
  balance_micro_au: number
  element: string | null
  operation: string | null
  dimension: string | null
  quantity: number | null
  rate_micro_au: number | null
  per: number | null
  scope: 'root' | 'category' | 'element' | null
  waived_micro_au: Generated<number>
  run_id: string | null
  instance_id: string | null
  member_id: string | null
  reference: string | null
}

export type RunsTable = {
  id: string
  circle_id: string
  member_id: string
  element: string
  operation: string
  instance_id: string | null
  quantities: string
  status: 'reserved' | 'settled' | 'expired'
  reserved_micro_au: number
  debited_micro_au: number | null
  created_at: number
  expires_at: number | null
  ended_at: number | null
}

export type InstancesTable = {
  id: string
  circle_id: string
  element: string
  name: string
  created_at: number
  deleted_at: number | null
  suspended_at: number | null
  charged_day: number
}

export type WalletTables = {
  circles: { id: string; workspace_id: string; name: string; created_at: number }
  wallets: WalletsTable
  ledger_lines: LedgerLinesTable
  runs: RunsTable
  approvals: { id: string; circle_id: string; member_id: string; request: string; total_micro_au: number; expires_at: number; used_at: number | null }
  instances: InstancesTable
}
