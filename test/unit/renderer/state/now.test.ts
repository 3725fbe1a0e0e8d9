import { expect, it } from 'vitest'
import { dayOf } from '../../../../renderer/state/now.ts'

const at = (day: number, hour: number, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime()

it('a day keeps its time until midnight here, and then takes the new one', () => {
  expect(dayOf(at(20, 9), at(20, 23, 59))).toBe(at(20, 9))
  expect(dayOf(at(20, 9), at(21, 0))).toBe(at(21, 0))
  // A clock that was set back is another day too.
  expect(dayOf(at(20, 9), at(19, 23))).toBe(at(19, 23))
  expect(dayOf(at(20, 9), at(20, 9) + 365 * 86_400_000)).not.toBe(at(20, 9))
})
