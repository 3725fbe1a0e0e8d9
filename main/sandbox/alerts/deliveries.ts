import type { Catalog } from '../../../shared/billing/catalog.ts'
import type { AlertEvent } from '../../../shared/contract/platform/alerts.ts'
import type { Unit } from '../store/store.ts'

/** The channel that needs no sending: the event itself reaches the console through the changes feed. */
const IN_APP = 'in_app'
/** Where each channel finds its recipient among the organisation's settings. */
export const RECIPIENT_SETTINGS = { email: 'billing_email', sms: 'billing_phone' } as const

/** Notes what is to be sent, in the transaction of what it tells of. A channel without a recipient is on record as failed. */
export function queueDeliveries(unit: Unit, workspaceId: string, event: AlertEvent, catalog: Catalog): void {
  for (const message of messagesOf(unit, workspaceId, event, catalog)) insert(unit, workspaceId, event.id, message, unit.now, 'queued')
}

/** Deliveries of a demo's past, which nobody sends any more. */
export function sentDeliveries(unit: Unit, workspaceId: string, event: AlertEvent, catalog: Catalog, atMs: number): void {
  for (const message of messagesOf(unit, workspaceId, event, catalog)) insert(unit, workspaceId, event.id, message, atMs, 'sent')
}

type Addressed = { channel: string; recipient: string | null; subject: string; body: string; detail: string | null }

function messagesOf(unit: Unit, workspaceId: string, event: AlertEvent, catalog: Catalog): Addressed[] {
  const recipientOf = unit.file.prepare<[string, string], { value: string }>('SELECT value FROM settings WHERE workspace_id = ? AND key = ?')
  const subject = `${catalog.name}: ${event.thresholds.map(({ name }) => name).join(', ')}`
  return event.channels
    .filter((channel) => channel !== IN_APP)
    .map((channel) => {
      const key = hasRecipients(channel) ? RECIPIENT_SETTINGS[channel] : null
      const value = key === null ? '' : (recipientOf.get(workspaceId, key)?.value ?? '')
      const detail = value === '' ? `The organisation has no ${key ?? 'recipient'} in its settings.` : null
      return { channel, recipient: value === '' ? null : value, subject, body: event.text, detail }
    })
}

function insert(unit: Unit, workspaceId: string, eventId: string, message: Addressed, atMs: number, wanted: 'queued' | 'sent'): void {
  const status = message.recipient === null ? 'failed' : wanted
  unit.file
    .prepare(
      `INSERT INTO deliveries (workspace_id, event_id, channel, recipient, subject, body, status, attempts, detail, created_at, next_at, sent_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      workspaceId,
      eventId,
      message.channel,
      message.recipient,
      message.subject,
      message.body,
      status,
      status === 'sent' ? 1 : 0,
      message.detail,
      atMs,
      status === 'queued' ? atMs : null,
      status === 'sent' ? atMs : null,
    )
}

function hasRecipients(channel: string): channel is keyof typeof RECIPIENT_SETTINGS {
  return Object.hasOwn(RECIPIENT_SETTINGS, channel)
}
