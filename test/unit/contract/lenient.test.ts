import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseLeniently } from '../../../shared/contract/lenient.ts'
import { changesResponse, planResponse, pushResponse } from '../../../shared/contract/platform.ts'

const change = (id: string, more: object = {}) => ({ topic: 'counter', id, op: 'upsert', version: 1, body: {}, ...more })
const result = (id: string, more: object = {}) => ({ id, status: 'stored', ...more })

describe('one odd item costs itself', () => {
  test('in a list: it is left out and named, the rest stays in order', () => {
    const read = parseLeniently(changesResponse, { changes: [change('a'), change('b', { version: -1 }), change('c')], cursor: 'c', more: false })
    expect(read).toMatchObject({ ok: true, value: { changes: [{ id: 'a' }, { id: 'c' }] }, leftOut: { count: 1, names: ['changes counter b: version'] } })
  })

  test('in a record: its entry is left out', () => {
    const plan = { plan: { id: 'p', name: 'P', price_cents: 1, currency: 'usd', interval: 'month' }, usage: { a: 1, b: 2 ** 60 }, limits: { a: -1 } }
    const read = parseLeniently(planResponse, { ...plan, period: { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z' } })
    expect(read).toMatchObject({ ok: true, value: { usage: { a: 1 } }, leftOut: { count: 1, names: ['usage number b: too_big'] } })
    expect(read.ok ? Object.keys(read.value.usage) : []).toEqual(['a'])
  })

  test('a thousand odd ones are counted, and a few named', () => {
    const results = Array.from({ length: 2_000 }, (_, index) => result(String(index), index % 2 === 0 ? { status: 'lost' } : {}))
    const read = parseLeniently(pushResponse, { results, counters: [] })
    expect(read).toMatchObject({ ok: true, leftOut: { count: 1_000 } })
    expect(read.ok ? [read.value.results.length, read.leftOut?.names.length] : []).toEqual([1_000, 5])
  })

  test('what is whole has nothing left out', () => {
    expect(parseLeniently(changesResponse, { changes: [change('a')], cursor: 'c', more: false })).toMatchObject({ ok: true, leftOut: null })
  })

  test('what is odd outside every list makes the whole odd, and so does a list that may not be shorter', () => {
    expect(parseLeniently(changesResponse, { changes: [], cursor: 7, more: false }).ok).toBe(false)
    expect(parseLeniently(z.object({ hours: z.array(z.int()).length(2) }), { hours: [1, 'x'] }).ok).toBe(false)
    expect(parseLeniently(changesResponse, 'nothing').ok).toBe(false)
  })

  test('a delete without a body is whole', () => {
    const read = parseLeniently(changesResponse, { changes: [{ topic: 'counter', id: 'a', op: 'delete', version: 2 }], cursor: 'c', more: false })
    expect(read).toMatchObject({ ok: true, leftOut: null, value: { changes: [{ id: 'a' }] } })
  })
})
