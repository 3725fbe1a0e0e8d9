import type { KnownCatalog } from '../../../shared/billing/catalog-wire.ts'
import { limitFromWire, limitToNullable } from '../../../shared/billing/limit.ts'
import type { FiredAlert } from '../../../shared/contract/console/alerts.ts'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { AlertEvent } from '../../../shared/contract/platform/alerts.ts'
import type { Clock } from '../base/clock.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { LocalSettings } from '../store/local-settings.ts'

/** The channel that ends on this screen. */
const IN_APP = 'in_app'
/** More than this at once are seen on their page, not one by one. */
const TOLD_AT_ONCE = 3

export type FiredEvent = { at: number; event: AlertEvent }

/** Newest first. */
export function firedAlerts(documents: Pick<Documents, 'list'>, workspaceId: string): FiredEvent[] {
  return documents
    .list(workspaceId, 'alert_event')
    .map((event) => ({ at: Date.parse(event.fired_at), event }))
    .sort((one, other) => other.at - one.at || other.event.id.localeCompare(one.event.id))
}

export function firedView({ at, event }: FiredEvent, catalog: KnownCatalog | null): FiredAlert {
  return {
    id: event.id,
    at,
    text: event.text,
    meter: event.meter,
    meterName: event.meter === null ? null : (catalog?.meters.find(({ id }) => id === event.meter)?.name ?? event.meter),
    used: event.used,
    limit: event.limit === null ? null : limitToNullable(limitFromWire(event.limit)),
    names: event.thresholds.map(({ name }) => name),
    channels: event.channels,
  }
}

export type FiredAlertWatchParts = {
  documents: Pick<Documents, 'list'>
  local: LocalSettings
  clock: Pick<Clock, 'now'>
  catalogOf: (workspaceId: string) => KnownCatalog | null
  nameOf: (workspaceId: string) => string
  emit: (event: ConsoleEvent) => void
}

/** Tells the window of alerts that fired since this computer last looked. What had fired before the first visit, or comes with it, is history. */
export function watchFiredAlerts({ documents, local, clock, catalogOf, nameOf, emit }: FiredAlertWatchParts): (event: ConsoleEvent) => void {
  return (event) => {
    if (event.event !== 'cache.changed') return
    const { workspaceId, topics } = event.payload
    const key = `alerts.seen.${workspaceId}`
    const seen = local.get(key)
    // Also a first visit that brings no alert is one: what fires after it is news.
    if (seen !== null && !topics.includes('alert_event')) return
    const fired = firedAlerts(documents, workspaceId)
    // A platform may go on bringing what lies behind the first visit.
    local.set(key, String(Math.max(fired[0]?.at ?? 0, seen === null ? clock.now() : Number(seen))))
    if (seen === null) return
    const news = fired.filter(({ at, event: { channels } }) => at > Number(seen) && channels.includes(IN_APP)).slice(0, TOLD_AT_ONCE)
    for (const one of news.reverse())
      emit({ event: 'alert.fired', payload: { workspaceId, workspaceName: nameOf(workspaceId), alert: firedView(one, catalogOf(workspaceId)) } })
  }
}
