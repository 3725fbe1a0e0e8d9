import { expect, test } from 'vitest'
import { auditSearchQuery, withAction } from '../../../shared/billing/audit-search.ts'

test.each([
  ['backup', '"backup"*'],
  ['  two \t words\n', '"two"* AND "words"*'],
  ['say "hi" OR', '"say"* AND """hi"""* AND "OR"*'],
  ['a\u0000b', '"a"* AND "b"*'],
  ['backup - restore …', '"backup"* AND "restore"*'],
  ['" * (', '""'],
  ['', null],
  [' \u00a0\n', null],
])('%j becomes %j', (typed, query) => {
  expect(auditSearchQuery(typed)).toBe(query)
})

test('an action is quoted too', () => {
  expect(withAction('"x"*', 'a"b')).toBe('action : "a""b" AND "x"*')
})

test('a word may also be a name, of which entries hold the id only', () => {
  const named = (word: string): string[] => (word === 'tess' ? ['m"1', 'm2'] : [])
  expect(auditSearchQuery('tess backup', named)).toBe('("tess"* OR actor : "m""1" OR actor : "m2") AND "backup"*')
})
