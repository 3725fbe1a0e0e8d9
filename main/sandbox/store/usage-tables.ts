/** The tables of metering as Kysely sees them; `0006-usage.sql` and `0012-statement.sql` are their source. Times are epoch ms, days and hours count from 1970 in UTC. */
import type { Generated } from 'kysely'

export type UsageTables = {
  usage_events: {
    workspace_id: string
    source: string
    id: string
    metric: string
    at: number
    amount: number | null
    unique_key: string | null
    service: string
    user_id: string
    metadata: string | null
    received_at: number
  }
  usage_daily: { workspace_id: string; from_ms: number; metric: string; service: string; user_id: string; quantity: number }
  billable_units: {
    workspace_id: string
    metric: string
    period_start: number
    period_end: number
    from_ms: number
    number: number
    units: number
    at: number
    sent_at: number | null
    invoice_id: string | null
  }
  usage_dirty_days: { workspace_id: string; day: number }
  usage_keys: { workspace_id: string; metric: string; period_start: number; unique_key: string }
  usage_marks: { workspace_id: string; metric: string; period_start: number; at: number }
  usage_periods: { workspace_id: string; period_start: number; period_end: number; plan_id: string; metric: string; used: number; quota_limit: number }
  usage_snapshots: { workspace_id: string; metric: string; day: number; quota_limit: number; used_at_end: number; peak: number; hours: string }
  snapshot_marks: { workspace_id: string; hour: number }
  history_progress: { workspace_id: string; part: string; until_ms: number; done: Generated<number>; complete: Generated<number> }
}
