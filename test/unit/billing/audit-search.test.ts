import { expect, test } from 'vitest'
import { auditSearchQuery, withAction } from '../../../shared/billing/audit-search.ts'

test.each([
  ['backup', '"backup"*'],
  ['  two \t words\n', '"two"* "words"*'],
  ['say "hi" OR', '"say"* """hi"""* "OR"*'],
  ['a\u0000b', '"a"* "b"*'],
  ['', null],
  [' \u00a0\n', null],
])('%j becomes %j', (typed, query) => {
  expect(auditSearchQuery(typed)).toBe(query)
})

test('an action is quoted too', () => {
  expect(withAction('"x"*', 'a"b')).toBe('action : "a""b" "x"*')
})
