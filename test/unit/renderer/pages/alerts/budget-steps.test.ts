import { expect, it } from 'vitest'
import { stepsFrom } from '../../../../../renderer/pages/alerts/budget-steps.ts'

it.each([
  ['50, 75, 100', [50, 75, 100]],
  ['100 %;50%  75', [50, 75, 100]],
  ['90', [90]],
  ['100, 100', [100]],
  ['1000', [1000]],
])('reads %s', (text, steps) => {
  expect(stepsFrom(text)).toEqual(steps)
})

it.each(['', '0', '50, half', '-5', '2.5', '1e2', '1001', '1,2,3,4,5,6,7,8,9'])('takes %s for no percentages', (text) => {
  expect(stepsFrom(text)).toBeNull()
})
