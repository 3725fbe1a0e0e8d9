import { expect, test } from 'vitest'
import { FeedProgress } from '../../../../main/engine/sync/feed/feed-progress.ts'

const row = (version: number, id = 'a') => ({ topic: 'setting', id, version })

test('rows that change nothing and come again are no progress, however new their cursors are', () => {
  const progress = new FeedProgress(null)
  expect(progress.note({ cursor: 'c1', rows: [row(1)] }, true)).toBe(true)
  expect([2, 3, 4].map((number) => progress.note({ cursor: `c${number}`, rows: [row(1)] }, false))).toEqual([false, false, false])
  expect(progress.isStuck).toBe(true)
})

test('neither are two pages that take turns', () => {
  const progress = new FeedProgress(null)
  for (let number = 0; number < 5; number += 1) progress.note({ cursor: `c${number}`, rows: [row(number % 2)] }, false)
  expect(progress.isStuck).toBe(true)
})

test('reading again what is known is progress, as long as it is another page', () => {
  const progress = new FeedProgress(null)
  for (let number = 0; number < 50; number += 1) expect(progress.note({ cursor: `c${number}`, rows: [row(1, `key-${number}`)] }, false)).toBe(true)
})

test('newer versions of what this reading has brought already bring its end no nearer: at most twenty pages in a row', () => {
  const progress = new FeedProgress(null)
  expect(progress.note({ cursor: 'c0', rows: [row(0), row(0, 'b')] }, true)).toBe(true)
  for (let number = 1; number < 20; number += 1)
    expect(progress.note({ cursor: `c${number}`, rows: [row(number, number % 2 === 0 ? 'a' : 'b')] }, true)).toBe(false)
  expect(progress.isStuck).toBe(false)
  progress.note({ cursor: 'c20', rows: [row(20)] }, true)
  expect(progress.isStuck).toBe(true)
})

test('one new document among them is progress', () => {
  const progress = new FeedProgress(null)
  progress.note({ cursor: 'c0', rows: [row(0)] }, true)
  for (let number = 1; number < 100; number += 1)
    progress.note({ cursor: `c${number}`, rows: number % 15 === 0 ? [row(number), row(1, `new-${number}`)] : [row(number)] }, true)
  expect(progress.isStuck).toBe(false)
})
