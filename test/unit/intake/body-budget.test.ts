import { expect, it } from 'vitest'
import { BodyBudget } from '../../../main/engine/intake/body-budget.ts'

const budgetOf = (wholeBytes: number, bodyMaxBytes: number) => new BodyBudget({ wholeBytes, bodyMaxBytes })
const never = (): void => expect.unreachable('it was not told to wait')

it('counts what came, not what was announced: uploads that stand still take no room', () => {
  const budget = budgetOf(100, 10)
  for (let index = 0; index < 1_000; index += 1) budget.open('alice')
  expect(budget.heldBytes).toBe(0)
  expect(budget.open('bob').add(40, never)).toBe(true)
})

it('gives no key more than half, and the oldest of a key always goes on to its end', () => {
  const budget = budgetOf(200, 20)
  const oldest = budget.open('alice')
  expect(oldest.add(10, never)).toBe(true)
  const wentOn: string[] = []
  const second = budget.open('alice')
  expect(second.add(70, never)).toBe(true)
  expect(second.add(1, () => wentOn.push('second'))).toBe(false)
  expect(budget.open('alice').add(1, () => wentOn.push('third'))).toBe(false)
  // The half of the key is 100; 20 of it were kept for this one.
  expect(oldest.add(10, never)).toBe(true)
  const bob = budget.open('bob')
  expect(bob.add(80, never)).toBe(true)
  expect(wentOn).toEqual([])
  oldest.close()
  expect(wentOn).toEqual(['second', 'third'])
})

it('finishes all of them, whatever the order in which their bytes come, and never holds much more than the whole', () => {
  const budget = budgetOf(100, 20)
  const bodies = Array.from({ length: 40 }, (_, index) => ({ share: budget.open(`key ${index % 8}`), leftBytes: 20, waits: false }))
  let mostBytes = 0
  for (let round = 0; bodies.some(({ leftBytes }) => leftBytes > 0); round += 1) {
    expect(round, 'rounds until all are done').toBeLessThan(10_000)
    // The youngest first: the worst order.
    for (const body of [...bodies].reverse()) {
      if (body.waits || body.leftBytes === 0) continue
      body.leftBytes -= 1
      body.waits = !body.share.add(1, () => {
        body.waits = false
      })
      mostBytes = Math.max(mostBytes, budget.heldBytes)
      if (body.leftBytes > 0) continue
      body.share.close()
    }
  }
  expect(budget.heldBytes).toBe(0)
  expect(mostBytes).toBeLessThanOrEqual(100 + bodies.length)
})

it('takes a body larger than the whole budget alone', () => {
  const budget = budgetOf(100, 500)
  const big = budget.open('alice')
  expect(big.add(500, never)).toBe(true)
  let wentOn = false
  const next = budget.open('bob')
  expect(
    next.add(1, () => {
      wentOn = true
    }),
  ).toBe(false)
  big.close()
  expect(wentOn).toBe(true)
})
