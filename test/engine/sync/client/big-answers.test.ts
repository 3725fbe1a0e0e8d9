import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BigAnswers, BIG_ANSWER_BYTES, createBigAnswers } from '../../../../main/engine/sync/client/big-answers/big-answers.ts'
import { detachRows, PART_MAX_ROWS, partsOf } from '../../../../main/engine/sync/client/big-answers/parts.ts'
import { SteppedClock } from '../stepped-clock.ts'
import { dropData, openConsole, TOKEN } from '../test-console.ts'
import { counterBody, counterChange, TestPlatform } from '../test-platform.ts'

const NOW = Date.UTC(2026, 10, 21)
const raw = (body: unknown, status = 200) => ({ status, retryAfter: null, date: null, body: Buffer.from(JSON.stringify(body)) })

describe('an answer that is read in a thread of its own', () => {
  let answers: BigAnswers
  let parts: number[]
  beforeEach(() => {
    parts = []
    answers = createBigAnswers(new SteppedClock(), (rows) => parts.push(rows))
  })
  afterEach(() => answers.close())

  it('comes in parts of at most 500 rows, whole and in order', async () => {
    const changes = Array.from({ length: 12_345 }, (_, index) => counterChange(`m${index}`, index, 20_000, 1))
    const answer = await answers.read('readChanges', raw({ changes, cursor: 'c1', more: false }), NOW)
    expect(answer).toEqual({ kind: 'ok', status: 200, value: { changes, cursor: 'c1', more: false } })
    expect(Math.max(...parts)).toBeLessThanOrEqual(PART_MAX_ROWS)
    expect(parts.reduce((sum, rows) => sum + rows, 0)).toBe(12_345)
  })

  it('loses an odd item, and says so', async () => {
    const changes = [counterChange('a', 1, 2, 1), { topic: 'counter' }, counterChange('b', 1, 2, 1)]
    const answer = await answers.read('readChanges', raw({ changes, cursor: 'c1', more: false }), NOW)
    expect(answer).toMatchObject({ kind: 'ok', value: { changes: [{ id: 'a' }, { id: 'b' }] }, leftOut: { count: 1 } })
  })

  it('that is a refusal has its words cut', async () => {
    const answer = await answers.read('push', raw({ code: 'overloaded', message: 'm'.repeat(2_000_000) }, 503), NOW)
    expect(answer).toMatchObject({ kind: 'error', status: 503, error: { code: 'overloaded' } })
    expect(answer.kind === 'error' ? answer.error?.message.length : 0).toBe(500)
  })

  it('that is no JSON says so, and several at once are kept apart', async () => {
    const [odd, one, other] = await Promise.all([
      answers.read('readUsage', { status: 200, retryAfter: null, date: null, body: Buffer.from('<html>') }, NOW),
      answers.read('readChanges', raw({ changes: [counterChange('a', 1, 2, 1)], cursor: 'one', more: false }), NOW),
      answers.read('readChanges', raw({ changes: [], cursor: 'other', more: true }), NOW),
    ])
    expect(odd).toMatchObject({ kind: 'unreachable', reason: 'not_json' })
    expect([one, other]).toMatchObject([{ value: { cursor: 'one', changes: [{ id: 'a' }] } }, { value: { cursor: 'other', changes: [] } }])
  })

  it('whose thread ends is unreadable; nobody waits for ever, and the next one has a new thread', async () => {
    const waiting = answers.read('readChanges', raw({ changes: [], cursor: 'c', more: false }), NOW)
    await answers.close()
    expect(await waiting).toMatchObject({ kind: 'unreachable', reason: 'bad_shape' })
    expect(await answers.read('readChanges', raw({ changes: [], cursor: 'c', more: false }), NOW)).toMatchObject({ kind: 'ok' })
  })
})

describe('parts', () => {
  it('of large rows are smaller, and a row that is larger than a part travels alone', () => {
    const rows = Array.from({ length: 10 }, (_, index) => ({ index, text: 'x'.repeat(index === 5 ? 3_000_000 : 300_000) }))
    const { head, long } = detachRows({ rows, more: false })
    expect(head).toEqual({ rows: [], more: false })
    expect([...partsOf(long)].map((part) => part.rows.length)).toEqual([3, 2, 1, 3, 1])
  })

  it('take records of many entries apart, too', () => {
    const record = Object.fromEntries(Array.from({ length: 1_200 }, (_, index) => [`k${index}`, 'v']))
    const { head, long } = detachRows(record)
    expect(head).toEqual({})
    expect([...partsOf(long)].map((part) => part.rows.length)).toEqual([500, 500, 200])
  })
})

it('the client reads what is over 1 MiB there, as it reads everything else here', async () => {
  const platform = await TestPlatform.start()
  const engine = openConsole(new SteppedClock())
  try {
    const { id } = await engine.sync.add(platform.url, TOKEN)
    const usage = Array.from({ length: 9_000 }, (_, index) => counterBody(`metric-${index}-${'x'.repeat(40)}`, index, 10_000, 1))
    const body = { period: { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z' }, usage }
    expect(JSON.stringify(body).length).toBeGreaterThan(BIG_ANSWER_BYTES)
    platform.on('GET /api/billing/usage', () => ({ body }))
    expect(await engine.client.send(id, 'readUsage', {})).toEqual({ kind: 'ok', status: 200, value: body })
    expect(engine.bigParts.length).toBeGreaterThanOrEqual(18)
  } finally {
    await engine.close()
    dropData(engine)
    await platform.close()
  }
})
