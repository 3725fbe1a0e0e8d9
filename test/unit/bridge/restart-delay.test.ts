import { expect, test } from 'vitest'
import { restartDelayMs } from '../../../main/bridge/restart-delay.ts'

test('the wait doubles from a quarter of a second and ends at thirty', () => {
  expect([0, 1, 2, 3, 6, 7, 50, 5_000].map(restartDelayMs)).toEqual([250, 500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000])
})
