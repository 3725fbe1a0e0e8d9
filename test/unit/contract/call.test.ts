import { expect, test } from 'vitest'
import { z } from 'zod'
import { call } from '../../../shared/contract/call.ts'
import { calls } from '../../../shared/contract/console.ts'

const nothing = z.strictObject({})

test('a read without topics does not compile, and one of nothing says why', () => {
  expect(call(nothing, nothing, { topics: ['plan', 'counter'] })).toMatchObject({ kind: 'read', topics: ['plan', 'counter'] })
  expect(call(nothing, nothing, { topics: [], because: 'It is computed from its input alone.' })).toMatchObject({ kind: 'read', topics: [] })
  // @ts-expect-error: what it is has to be said
  const refused = () => call(nothing, nothing)
  // @ts-expect-error: no reason
  call(nothing, nothing, { topics: [] })
  // @ts-expect-error: no topic of the list
  call(nothing, nothing, { topics: ['plan', 'weather'] })
  // @ts-expect-error: what does something is not asked again
  call(nothing, nothing, { topics: ['plan'], kind: 'action' })
  expect(refused).toThrow()
})

test('a call of the contract is a read with its topics, each once, or an action', () => {
  for (const [name, one] of Object.entries(calls)) {
    if (one.kind === 'action') continue
    expect(one.topics.length, name).toBeGreaterThan(0)
    expect(new Set(one.topics).size, name).toBe(one.topics.length)
  }
})
