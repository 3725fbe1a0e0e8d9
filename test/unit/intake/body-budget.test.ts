import { expect, it } from 'vitest'
import { BodyBudget } from '../../../main/engine/intake/body.ts'

it('lets bodies in while there is room, then one after the other in their order', async () => {
  const budget = new BodyBudget(100)
  const order: string[] = []
  expect(budget.take(60)).toBeNull()
  const big = budget.take(80)?.then(() => order.push('big'))
  // Would fit, but the one before it would then wait for ever behind small ones.
  const small = budget.take(10)?.then(() => order.push('small'))
  expect(big).toBeDefined()
  expect(small).toBeDefined()
  await Promise.resolve()
  expect(order).toEqual([])
  budget.giveBack(60)
  await Promise.all([big, small])
  expect(order).toEqual(['big', 'small'])
  budget.giveBack(80)
  budget.giveBack(10)
  expect(budget.take(100)).toBeNull()
})

it('takes a body larger than the whole budget alone', async () => {
  const budget = new BodyBudget(100)
  expect(budget.take(500)).toBeNull()
  const next = budget.take(1)
  expect(next).not.toBeNull()
  budget.giveBack(500)
  await next
})
