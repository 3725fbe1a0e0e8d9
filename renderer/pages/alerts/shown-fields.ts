import type { AlertFields, AlertView } from '../../../shared/contract/console/alerts.ts'
import type { CallOutput } from '../../../shared/contract/console.ts'

export type Alerts = CallOutput<'alerts.read'>

/** What the page shows of an alert: the edit that waits here, else what the platform has. A delete shows what it deletes. */
export function shownFields({ confirmed, edit }: Pick<AlertView, 'confirmed' | 'edit'>): AlertFields | null {
  return edit?.fields ?? confirmed
}

/** The channels by their names, in the order of the platform. */
export function channelNames(ids: readonly string[], channels: readonly { id: string; name: string }[]): string {
  const known = channels.filter(({ id }) => ids.includes(id)).map(({ name }) => name)
  const unknown = ids.filter((id) => !channels.some((channel) => channel.id === id))
  return [...known, ...unknown].join(', ')
}
