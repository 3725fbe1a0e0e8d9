import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { Documents } from '../../../../main/engine/sync/documents/documents.ts'
import { counter } from '../../../../shared/contract/platform.ts'
import { SteppedClock } from '../stepped-clock.ts'
import { counterBody, counterChange } from '../test-platform.ts'

const W = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b11'
const DEVICE = '22222222-2222-4222-8222-222222222222'

let database: Database
let documents: Documents
let clock: SteppedClock

beforeEach(() => {
  clock = new SteppedClock()
  database = openDatabase({ path: ':memory:', migrations: migrations.cache, synchronous: 'normal' })
  documents = new Documents(database, clock)
})
afterEach(() => database.close())

function page(changes: unknown[], cursor: string, more = false) {
  return { changes: changes as { topic: string; id: string; op: 'upsert' | 'delete'; version: number; body: unknown }[], cursor, more }
}

function observed(metric: string, used: number, limit: number, version: number) {
  return [counter.parse(counterBody(metric, used, limit, version))]
}

const deviceBody = { device_id: DEVICE, stored_envelopes: 3, stored_bytes: 99, sync_operations: 1 }

describe('following the feed', () => {
  it('writes rows, cursor and age together', () => {
    const { changed } = documents.apply(
      W,
      page([counterChange('encrypted_bytes', 5, 10, 1), { topic: 'future', id: 'x', op: 'upsert', version: 1, body: { any: 1 } }], 'c1'),
      1000,
    )
    expect([...changed]).toEqual(['counter', 'future'])
    expect(documents.read(W, 'counter', 'encrypted_bytes')).toMatchObject({ used: 5, limit: 10 })
    expect(documents.cursor(W)).toBe('c1')
    expect(documents.asOf(W)).toBe(1000)
  })

  it('has no age until the last page is there', () => {
    documents.apply(W, page([counterChange('a', 1, 2, 1)], 'c1', true), 1000)
    expect(documents.asOf(W)).toBeNull()
    documents.apply(W, page([], 'c2'), 2000)
    expect(documents.asOf(W)).toBe(2000)
  })

  it('keeps nothing of a page that could not be written as a whole', () => {
    database.exec("CREATE TRIGGER full BEFORE INSERT ON cursors BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    expect(() => documents.apply(W, page([counterChange('a', 1, 2, 1)], 'c1'), 1000)).toThrow('disk full')
    expect(documents.list(W, 'counter')).toEqual([])
  })

  it('has no age when the clock was in the future when it was written, and one again after the next reading', () => {
    const future = Date.UTC(2036, 4, 3)
    documents.apply(W, page([counterChange('a', 1, 2, 1)], 'c1'), future)
    expect([documents.asOf(W), documents.asOfInFuture(W), documents.isRead(W)]).toEqual([null, future, true])
    documents.apply(W, page([], 'c1'), clock.now() + 120_000)
    expect([documents.asOf(W), documents.asOfInFuture(W)]).toEqual([clock.now() + 120_000, null])
    documents.apply(W, page([], 'c1'), clock.now() + 120_001)
    expect(documents.asOf(W)).toBeNull()
  })

  it('says only what is another than before', () => {
    documents.apply(W, page([counterChange('a', 1, 2, 1)], 'c1'), 1000)
    expect(documents.apply(W, page([counterChange('a', 1, 2, 1)], 'c2'), 1000).changed.size).toBe(0)
  })

  it('removes what was deleted', () => {
    documents.apply(W, page([counterChange('a', 1, 2, 1)], 'c1'), 1000)
    documents.apply(W, page([{ topic: 'counter', id: 'a', op: 'delete', version: 2, body: null }], 'c2'), 1000)
    expect(documents.read(W, 'counter', 'a')).toBeNull()
  })

  it('keeps workspaces apart', () => {
    const other = '33333333-3333-4333-8333-333333333333'
    documents.apply(W, page([counterChange('a', 1, 2, 1)], 'c1'), 1000)
    documents.apply(other, page([counterChange('a', 9, 2, 1)], 'd1'), 1000)
    documents.forget(other)
    expect(documents.read(W, 'counter', 'a')).toMatchObject({ used: 1 })
    expect(documents.read(other, 'counter', 'a')).toBeNull()
    expect(documents.cursor(other)).toBeNull()
  })

  it('sets aside what is not what its topic promises, and keeps the good one before', () => {
    documents.apply(W, page([counterChange('a', 1, 2, 1)], 'c1'), 1000)
    documents.apply(W, page([{ topic: 'counter', id: 'a', op: 'upsert', version: 2, body: { metric: 'a', used: -5 } }], 'c2'), 1000)
    expect(documents.read(W, 'counter', 'a')).toMatchObject({ used: 1 })
    expect(database.prepare('SELECT topic, id FROM set_aside').all()).toEqual([{ topic: 'counter', id: 'a' }])
    expect(documents.cursor(W)).toBe('c2')
  })

  it.each([['not json'], ['{"metric":"a"}'], ['null']])('sets a row aside that reads back as %s, and fetches everything again', (body) => {
    documents.apply(W, page([counterChange('a', 1, 2, 1), counterChange('b', 1, 2, 1)], 'c1'), 1000)
    database.prepare("UPDATE documents SET body = ? WHERE id = 'a'").run(body)
    expect(documents.list(W, 'counter').map(({ metric }) => metric)).toEqual(['b'])
    expect(documents.cursor(W)).toBeNull()
    expect(documents.asOf(W)).toBe(1000)
    expect(database.prepare('SELECT count(*) AS n FROM set_aside').get()).toEqual({ n: 1 })
  })
})

describe('what is left out', () => {
  const value = (letters: number) => ({ key: 'theme', value: 'x'.repeat(letters), version: 1 })
  const upsert = (topic: string, id: string, version: number, body: unknown) => ({ topic, id, op: 'upsert', version, body })
  const told = () => documents.setAside.told(W)

  it('a setting is kept whole up to 64 KiB; a larger one is left out and named', () => {
    const fits = 65_536 - JSON.stringify(value(0)).length
    documents.apply(W, page([upsert('setting', 'theme', 1, value(fits))], 'c1'), 1000)
    expect(documents.read(W, 'setting', 'theme')?.value).toHaveLength(fits)
    expect(told()).toBeNull()
    documents.apply(W, page([upsert('setting', 'theme', 2, value(fits + 1)), counterChange('a', 1, 2, 1)], 'c2'), 1000)
    expect(documents.read(W, 'setting', 'theme')?.value).toHaveLength(fits)
    expect(documents.read(W, 'counter', 'a')).toMatchObject({ used: 1 })
    expect(told()).toEqual({ count: 1, names: ['setting theme'] })
    expect(database.prepare('SELECT reason FROM set_aside').pluck().get()).toBe('65 KiB; up to 64 KiB are kept')
  })

  it('everything else up to 1 MiB, by the feed and by a direct answer', () => {
    const big = (letters: number) => ({ any: 'x'.repeat(letters - JSON.stringify({ any: '' }).length) })
    documents.apply(W, page([upsert('future', 'fits', 1, big(1_048_576)), upsert('future', 'large', 1, big(1_048_577))], 'c1'), 1000)
    expect(database.prepare('SELECT id FROM documents').pluck().all()).toEqual(['fits'])
    const members = { methods: [{ id: 'card', name: 'x'.repeat(1_100_000), description: '', eligible: true, due_days: 0, current: true }] }
    expect(documents.put(W, 'payment_methods', members).size).toBe(0)
    expect(told()).toEqual({ count: 2, names: ['payment methods payment_methods', 'future large'] })
  })

  it('is counted once however often it comes, and is over when it comes as it should be', () => {
    const heard: string[] = []
    documents.setAside.onMoved((workspaceId) => heard.push(workspaceId))
    for (const cursor of ['c1', 'c2']) documents.apply(W, page([upsert('counter', 'a', 2, { metric: 'a', used: 2 ** 60 })], cursor), 1000)
    expect(told()).toEqual({ count: 1, names: ['counter a'] })
    expect(heard).toEqual([W, W])
    documents.apply(W, page([counterChange('a', 1, 2, 3)], 'c3'), 1000)
    expect(told()).toBeNull()
    expect(heard).toHaveLength(3)
    expect(documents.read(W, 'counter', 'a')).toMatchObject({ used: 1 })
  })

  it('an odd meter costs itself, not the catalog', () => {
    const meter = (id: string, more: object = {}) => ({ id, name: id, unit: 'count', period: 'total', enforcement: 'refuse', ...more })
    const plans = { catalog: 'c', meters: [meter('a'), meter('b', { period: 'hourly' })], plans: [], boosters: [], thresholds: { levels: [] } }
    documents.apply(W, page([upsert('plans', 'plans', 1, plans)], 'c1'), 1000)
    expect(documents.read(W, 'plans')?.meters.map(({ id }) => id)).toEqual(['a'])
    expect(told()).toEqual({ count: 1, names: ['plans plans'] })
    expect(database.prepare('SELECT reason FROM set_aside').pluck().get()).toBe('meters b: period')
  })

  it('a delete without a body is a delete', () => {
    documents.apply(W, page([counterChange('a', 1, 2, 1)], 'c1'), 1000)
    documents.apply(W, page([{ topic: 'counter', id: 'a', op: 'delete', version: 2 }], 'c2'), 1000)
    expect(documents.read(W, 'counter', 'a')).toBeNull()
  })

  it('names are cut where they are read, and kept whole', () => {
    documents.apply(W, page([upsert('member', 'm1', 1, { id: 'm1', name: 'n'.repeat(50_000), role: 'x' })], 'c1'), 1000)
    expect(documents.read(W, 'member', 'm1')?.name).toHaveLength(200)
    expect(database.prepare("SELECT length(body) > 50000 FROM documents WHERE topic = 'member'").pluck().get()).toBe(1)
  })
})

describe('who reads', () => {
  const withheld = { topic: 'future', id: 'x', op: 'upsert', version: 1, body: { any: 1 } }

  it('another role reads from the beginning, and what it is not sent goes when that reading is complete', () => {
    documents.readAs(W, 'admin')
    documents.apply(W, page([counterChange('a', 1, 2, 1), withheld], 'c1'), 1000)
    documents.readAs(W, 'admin')
    expect(documents.cursor(W)).toBe('c1')
    documents.readAs(W, 'guest')
    expect(documents.cursor(W)).toBeNull()
    expect(documents.list(W, 'counter')).toHaveLength(1)
    expect([...documents.apply(W, page([counterChange('a', 1, 2, 1)], 'c1'), 2000).changed]).toEqual(['future'])
    documents = new Documents(database, clock)
    documents.readAs(W, 'guest')
    expect(documents.cursor(W)).toBe('c1')
  })

  it('a cache that does not say for whom it was read is read again once', () => {
    documents.apply(W, page([withheld], 'c1'), 1000)
    documents.readAs(W, 'guest')
    expect(documents.cursor(W)).toBeNull()
    expect([...documents.apply(W, page([], 'c1'), 2000).changed]).toEqual(['future'])
  })
})

describe('versions', () => {
  it('an answer of a push never puts an older number over a newer one', () => {
    documents.apply(W, page([counterChange('a', 7, 10, 7)], 'c1'), 1000)
    expect(documents.observeCounters(W, observed('a', 6, 10, 6), deviceBody).size).toBe(0)
    expect(documents.read(W, 'counter', 'a')).toMatchObject({ used: 7 })
    expect(documents.read(W, 'device_counter', DEVICE)).toBeNull()
    expect([...documents.observeCounters(W, observed('a', 8, 10, 8), deviceBody)]).toEqual(['counter', 'device_counter'])
    expect(documents.read(W, 'counter', 'a')).toMatchObject({ used: 8 })
    expect(documents.read(W, 'device_counter', DEVICE)).toMatchObject({ stored_envelopes: 3 })
  })

  it('a page that was overtaken by a push is merely late', () => {
    documents.apply(W, page([counterChange('a', 7, 10, 7)], 'c1'), clock.now())
    const askedAt = clock.now()
    clock.step(5)
    documents.observeCounters(W, observed('a', 9, 10, 9), null)
    expect(documents.apply(W, page([counterChange('a', 8, 10, 8)], 'c2'), askedAt)).toEqual({ changed: new Set(), startedOver: false })
    expect(documents.read(W, 'counter', 'a')).toMatchObject({ used: 9 })
    expect(documents.cursor(W)).toBe('c2')
  })

  it('a feed that goes back in time is read again from the beginning, and what it then says counts', () => {
    documents.apply(W, page([counterChange('a', 700, 1000, 70), counterChange('gone', 1, 2, 5)], 'c1'), clock.now())
    clock.step(1000)
    expect(documents.apply(W, page([counterChange('a', 1, 1000, 2)], 'c2'), clock.now()).startedOver).toBe(true)
    expect(documents.cursor(W)).toBeNull()
    expect(documents.read(W, 'counter', 'a')).toMatchObject({ used: 700 })
    const { changed, startedOver } = documents.apply(W, page([counterChange('a', 1, 1000, 2)], 'c2'), clock.now())
    expect(startedOver).toBe(false)
    expect([...changed]).toEqual(['counter'])
    expect(documents.read(W, 'counter', 'a')).toMatchObject({ used: 1 })
    expect(documents.read(W, 'counter', 'gone')).toBeNull()
  })

  it('reading from the beginning keeps the screen until it is complete, also across a restart', () => {
    documents.apply(W, page([counterChange('a', 1, 2, 1), counterChange('b', 1, 2, 1)], 'c1'), 1000)
    documents.startOver(W)
    documents.apply(W, page([counterChange('a', 2, 2, 2)], 'd1', true), 2000)
    documents = new Documents(database, clock)
    expect(documents.list(W, 'counter').map(({ metric, used }) => [metric, used])).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    expect(documents.asOf(W)).toBe(1000)
    documents.apply(W, page([counterChange('c', 1, 2, 1)], 'd2'), 3000)
    expect(documents.list(W, 'counter').map(({ metric }) => metric)).toEqual(['a', 'c'])
    expect(documents.asOf(W)).toBe(3000)
  })
})
