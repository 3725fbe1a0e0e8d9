import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { Documents } from '../../../../main/engine/sync/documents/documents.ts'
import { applyInSlices, SLICE_MAX_ROWS } from '../../../../main/engine/sync/documents/page-slices.ts'
import { SteppedClock } from '../stepped-clock.ts'

const W = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b11'

let database: Database
let documents: Documents
beforeEach(() => {
  database = openDatabase({ path: ':memory:', migrations: migrations.cache, synchronous: 'normal' })
  documents = new Documents(database, new SteppedClock())
})
afterEach(() => database.close())

const setting = (index: number, version = 1, value = 'v') => ({
  topic: 'setting',
  id: `k${index}`,
  op: 'upsert' as const,
  version,
  body: { key: `k${index}`, value, version } as unknown,
})
const settings = (count: number, value?: string) => Array.from({ length: count }, (_, index) => setting(index, 1, value))
const stored = (): number => database.prepare<[], number>('SELECT count(*) FROM documents').pluck().get() ?? 0

describe('a page larger than was asked for', () => {
  it('is written at most 200 rows at a time, with a pause after each time, and moves the cursor once', async () => {
    const between: number[] = []
    let before = 0
    await applyInSlices(documents, W, { changes: settings(5_010), cursor: 'c1', more: false }, 1_000, async () => {
      between.push(stored() - before)
      before = stored()
      expect(documents.cursor(W)).toBeNull()
      expect(documents.asOf(W)).toBeNull()
    })
    expect(Math.max(...between, stored() - before)).toBeLessThanOrEqual(SLICE_MAX_ROWS)
    expect(stored()).toBe(5_010)
    expect([documents.cursor(W), documents.asOf(W)]).toEqual(['c1', 1_000])
  })

  it('of large rows is written fewer at a time', async () => {
    let pauses = 0
    await applyInSlices(documents, W, { changes: settings(40, 'x'.repeat(60_000)), cursor: 'c1', more: false }, 1_000, async () => {
      pauses += 1
    })
    expect(pauses).toBeGreaterThanOrEqual(9)
    expect(stored()).toBe(40)
  })

  it('counts for nothing once the cache was cleared in a pause: what was written before is asked for again', async () => {
    const applied = await applyInSlices(documents, W, { changes: settings(1_000), cursor: 'c1', more: false }, 1_000, async () => {
      if (stored() === 400) documents.forget(W)
    })
    expect(applied).toBeNull()
    expect(documents.cursor(W)).toBeNull()
    expect(stored()).toBe(0)
  })

  it('that went back starts everything over, whatever slice it says so in', async () => {
    documents.apply(W, { changes: [setting(700, 9)], cursor: 'c0', more: false }, 500)
    const applied = await applyInSlices(documents, W, { changes: settings(1_000), cursor: 'c1', more: false }, 1_000, async () => undefined)
    expect(applied).toMatchObject({ startedOver: true })
    expect(documents.cursor(W)).toBeNull()
  })
})
