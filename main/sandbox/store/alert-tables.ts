/** The tables of `0010-alerts.sql` and `0012-statement.sql`. Times are epoch ms; `channels` and `body` are JSON. */
import type { Generated } from 'kysely'

export type AlertRulesTable = {
  workspace_id: string
  id: string
  measure: 'limit' | 'meter' | 'cost' | 'invoiced'
  name: string
  meter: string | null
  at: number
  channels: string
  enabled: number
  version: number
  deleted: Generated<number>
  thresholds: Generated<string>
}

export type DeliveriesTable = {
  number: Generated<number>
  workspace_id: string
  event_id: string | null
  channel: string
  recipient: string | null
  subject: string
  body: string
  status: 'queued' | 'sent' | 'failed'
  attempts: Generated<number>
  detail: string | null
  created_at: number
  next_at: number | null
  sent_at: number | null
}

export type AlertTables = {
  alert_rules: AlertRulesTable
  alerts_fired: { workspace_id: string; rule: string; subject: string; period_start: number; fired_at: number }
  alert_events: { id: string; workspace_id: string; fired_at: number; body: string }
  deliveries: DeliveriesTable
}
