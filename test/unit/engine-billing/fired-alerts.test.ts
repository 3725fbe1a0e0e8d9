import BetterSqlite3 from 'better-sqlite3'
import { beforeEach, expect, test } from 'vitest'
import { watchFiredAlerts } from '../../../main/engine/billing/fired-alerts.ts'
import { migrate } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import type { Documents } from '../../../main/engine/sync/documents/documents.ts'
import { LocalSettings } from '../../../main/engine/store/local-settings.ts'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { AlertEvent } from '../../../shared/contract/platform/alerts.ts'
import { SteppedClock } from '../../engine/sync/stepped-clock.ts'

const workspaceId = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b11'

let clock: SteppedClock
let local: LocalSettings
let known: AlertEvent[]
let told: ConsoleEvent[]

beforeEach(() => {
  const database = new BetterSqlite3(':memory:')
  migrate(database, migrations.outbox)
  local = new LocalSettings(database)
  clock = new SteppedClock()
  known = []
  told = []
})

function watch() {
  // Every topic that is asked for here is that of the alerts.
  const documents: Pick<Documents, 'list'> = { list: (() => known) as Documents['list'] }
  return watchFiredAlerts({ documents, local, clock, catalogOf: () => null, nameOf: () => 'Northwind Insights', emit: (event) => told.push(event) })
}

function fire(id: string, channels = ['in_app']): void {
  clock.step(1000)
  const period = { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' }
  const thresholds = [{ rule: 'usage_warning', name: 'Usage warning', at: 80 }]
  known = [
    ...known,
    { id, fired_at: new Date(clock.now()).toISOString(), period, measure: 'limit', meter: 'queries', used: 80, limit: 100, thresholds, channels, text: id },
  ]
}

const changed = (...topics: string[]): ConsoleEvent => ({ event: 'cache.changed', payload: { workspaceId, topics } })
const ids = (): string[] => told.flatMap((event) => (event.event === 'alert.fired' ? [event.payload.alert.id] : []))

test('what a first visit brings is history; what fires after it is told once, also after a restart', () => {
  fire('old')
  const see = watch()
  see(changed('plan', 'alert_event'))
  expect(ids()).toEqual([])
  fire('new')
  see(changed('alert_event'))
  see(changed('alert_event'))
  watch()(changed('alert_event'))
  expect(ids()).toEqual(['new'])
  expect(told[0]).toMatchObject({ payload: { workspaceName: 'Northwind Insights', alert: { meter: 'queries', names: ['Usage warning'] } } })
})

test('the first alert of all is told in a workspace that had none', () => {
  const see = watch()
  see(changed('plan', 'counter'))
  fire('first')
  see(changed('counter', 'alert_event'))
  expect(ids()).toEqual(['first'])
})

test('other topics tell nothing; of many at once the newest three are told, oldest first, and those of other channels never', () => {
  const see = watch()
  see(changed('plan'))
  for (const id of ['one', 'two', 'three', 'four']) fire(id)
  fire('by mail', ['email'])
  see(changed('counter'))
  expect(ids()).toEqual([])
  see(changed('alert_event'))
  expect(ids()).toEqual(['two', 'three', 'four'])
})
