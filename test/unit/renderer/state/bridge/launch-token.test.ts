import { expect, it } from 'vitest'
import { launchTokenIn } from '../../../../../renderer/state/bridge/launch-token.ts'

it.each([
  ['#launch=abc', 'abc'],
  ['launch=abc', 'abc'],
  ['#launch=', null],
  ['#/outbox?launch=abc', null],
  ['', null],
])('the launch token in "%s" is %s', (hash, token) => {
  expect(launchTokenIn(hash)).toBe(token)
})
