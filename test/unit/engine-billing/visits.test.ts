import BetterSqlite3 from 'better-sqlite3'
import { expect, it } from 'vitest'
import { VISIT_ENDS_AFTER_MS, Visits } from '../../../main/engine/billing/visits.ts'
import { migrate } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { LocalSettings } from '../../../main/engine/store/local-settings.ts'
import { SteppedClock } from '../../engine/sync/stepped-clock.ts'

it('tells when the visit before was over, as long as this one lasts', () => {
  const database = new BetterSqlite3(':memory:')
  migrate(database, migrations.outbox)
  const clock = new SteppedClock()
  const settings = new LocalSettings(database)
  const visits = new Visits(settings, clock)
  expect(visits.seen('one')).toBeNull()
  clock.step(VISIT_ENDS_AFTER_MS - 1)
  expect(visits.seen('one')).toBeNull()
  const left = clock.now()
  clock.step(VISIT_ENDS_AFTER_MS)
  expect(visits.seen('one')).toBe(left)
  clock.step(60_000)
  expect(new Visits(settings, clock).seen('one')).toBe(left)
  expect(visits.seen('other')).toBeNull()
  settings.set('visit.one', 'damaged')
  expect(visits.seen('one')).toBeNull()
})
