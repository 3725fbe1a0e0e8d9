import { randomUUID } from 'node:crypto'
import { crossedThresholds } from '../../../shared/billing/alert.ts'
import type { Meter } from '../../../shared/billing/catalog.ts'
import { periodAt } from '../../../shared/billing/period.ts'
import type { AlertRule } from '../../../shared/contract/platform/alerts.ts'
import { sentDeliveries } from '../alerts/deliveries.ts'
import { rulesOf } from '../alerts/rules.ts'
import { limitEvent, limitThresholds } from '../alerts/watch.ts'
import { readSnapshots } from '../meter/usage/snapshots.ts'
import type { Unit } from '../store/store.ts'
import type { HistoryPart, HistoryWorkspace } from './history.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What the past's use made fire, found by walking its snapshots hour by hour. */
export const alertHistory: HistoryPart = {
  name: 'alerts',
  *slices(workspace) {
    yield (unit) => takeBack(unit, workspace.id)
    for (const meter of workspace.catalog.meters) yield (unit) => walk(unit, workspace, meter)
  },
}

/** The counters of the running period were set in one jump when its past was made; what that made fire happened over weeks. */
function takeBack(unit: Unit, workspaceId: string): void {
  const { file } = unit
  const ids = file.prepare<[string], { id: string }>('DELETE FROM alert_events WHERE workspace_id = ? RETURNING id').all(workspaceId)
  for (const { id } of ids) unit.changes.put({ workspaceId, topic: 'alert_event', id, body: null })
  file.prepare('DELETE FROM alerts_fired WHERE workspace_id = ?').run(workspaceId)
  file.prepare('DELETE FROM deliveries WHERE workspace_id = ?').run(workspaceId)
}

function walk(unit: Unit, workspace: HistoryWorkspace, meter: Meter): void {
  const { id: workspaceId, catalog, plan, periodAnchor, firstDay, lastDay, untilMs } = workspace
  const rules = rulesOf(unit.file, workspaceId, catalog).filter(({ enabled, measure }: AlertRule) => enabled && measure === 'limit')
  const { currency, interval } = plan
  const markFired = unit.file.prepare('INSERT OR IGNORE INTO alerts_fired (workspace_id, rule, subject, period_start, fired_at) VALUES (?, ?, ?, ?, ?)')
  const insertEvent = unit.file.prepare('INSERT INTO alert_events (id, workspace_id, fired_at, body) VALUES (?, ?, ?, ?)')
  let period = { startMs: 0, endMs: 0 }
  let fired = new Set<string>()
  for (const { day, hours, quota_limit: limit, peak } of readSnapshots(unit, workspaceId, meter.id, firstDay, lastDay)) {
    const thresholds = limitThresholds(rules, limit)
    for (const [hour, used] of hours.entries()) {
      const at = day * DAY_MS + (hour + 1) * HOUR_MS
      if (used === null || at > untilMs) continue
      if (at - HOUR_MS >= period.endMs) {
        period = periodAt(periodAnchor, at - HOUR_MS, interval)
        fired = new Set()
      }
      // Most days never come near a threshold.
      if (thresholds.every(({ at: bound, id }) => fired.has(id) || peak < bound)) continue
      const notification = crossedThresholds(thresholds, 0, used, fired)
      if (notification === null) continue
      for (const { id } of notification.thresholds) {
        fired.add(id)
        markFired.run(workspaceId, id, meter.id, period.startMs, at)
      }
      const event = limitEvent({ id: randomUUID(), firedAtMs: at, catalog, currency, period, meter: meter.id, limit }, notification, used)
      insertEvent.run(event.id, workspaceId, at, JSON.stringify(event))
      unit.changes.put({ workspaceId, topic: 'alert_event', id: event.id, body: event })
      sentDeliveries(unit, workspaceId, event, catalog, at)
    }
  }
}
