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
