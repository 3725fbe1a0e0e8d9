import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capLines, costChip, decideRun, microAuFromWire, microAuToWire, needsApproval, settledMicroAu } from '../../../shared/billing/wallet.ts'

const policy = { noticeFromMicroAu: 100n, insistentFromMicroAu: 1000n, approvalAboveMicroAu: 5000n }
const run = { totalMicroAu: 300n, balanceMicroAu: 300n, hardWall: true, approved: false, policy }

describe('decideRun', () => {
  test.each([
    ['exactly the balance', {}, 'admitted'],
    ['one micro-AU short', { balanceMicroAu: 299n }, 'insufficient_balance'],
    ['short without a wall', { balanceMicroAu: -5n, hardWall: false }, 'admitted'],
    ['nothing, with a negative balance', { totalMicroAu: 0n, balanceMicroAu: -5n }, 'admitted'],
    ['at the approval bound', { totalMicroAu: 5000n, balanceMicroAu: 9000n }, 'admitted'],
    ['above the approval bound', { totalMicroAu: 5001n, balanceMicroAu: 9000n }, 'approval_required'],
    ['above it, approved', { totalMicroAu: 5001n, balanceMicroAu: 9000n, approved: true }, 'admitted'],
    ['above it and short: 402 comes before 428', { totalMicroAu: 5001n, balanceMicroAu: 5000n }, 'insufficient_balance'],
    ['approved and short', { totalMicroAu: 5001n, balanceMicroAu: 5000n, approved: true }, 'insufficient_balance'],
  ] as const)('%s', (_, changed, decision) => {
    expect(decideRun({ ...run, ...changed })).toBe(decision)
  })

  test('on a hard wall no sequence of runs takes the balance below zero, and a refusal does not close it for a smaller one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10_000n }), fc.array(fc.bigInt({ min: 0n, max: 4000n })), (start, totals) => {
        let balanceMicroAu = start
        for (const totalMicroAu of totals) {
          const admitted = decideRun({ ...run, totalMicroAu, balanceMicroAu }) === 'admitted'
          expect(admitted).toBe(totalMicroAu <= balanceMicroAu)
          if (admitted) balanceMicroAu -= totalMicroAu
          expect(balanceMicroAu >= 0n).toBe(true)
        }
      }),
    )
  })
})

test.each([
  [99n, 'quiet'],
  [100n, 'notice'],
  [999n, 'notice'],
  [1000n, 'insistent'],
] as const)('a cost of %d is %s', (total, chip) => {
  expect(costChip(policy, total)).toBe(chip)
})

test('approval is needed above the bound, not on it', () => {
  expect([needsApproval(policy, 5000n), needsApproval(policy, 5001n)]).toEqual([false, true])
})

test('a settled run debits at most its reserve on a hard wall', () => {
  expect(settledMicroAu(80n, 100n, true)).toBe(80n)
  expect(settledMicroAu(120n, 100n, true)).toBe(100n)
  expect(settledMicroAu(120n, 100n, false)).toBe(120n)
})

describe('on the wire', () => {
  test('a number while it is exact, else text', () => {
    expect(microAuToWire(9_007_199_254_740_991n)).toBe(Number.MAX_SAFE_INTEGER)
    expect(microAuToWire(9_007_199_254_740_992n)).toBe('9007199254740992')
    expect(microAuToWire(-9_007_199_254_740_992n)).toBe('-9007199254740992')
  })

  test('every amount comes back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 29n), max: 10n ** 29n }), (amount) => {
        expect(microAuFromWire(microAuToWire(amount))).toBe(amount)
      }),
    )
  })

  test.each([1.5, Number.NaN, 2 ** 53, '', '1.5', ' 1', '0x10', '1e3', '9'.repeat(31)])('%j is refused', (wrong) => {
    expect(() => microAuFromWire(wrong)).toThrow(RangeError)
  })
})

describe('capLines', () => {
  const line = fc.record({ amountMicroAu: fc.bigInt({ min: 0n, max: 10_000n }) })

  test('debits at most what was held, all of it where there is more, and says of each line what it waived', () => {
    fc.assert(
      fc.property(fc.array(line), fc.bigInt({ min: 0n, max: 20_000n }), (lines, most) => {
        const capped = capLines(lines, most)
        const total = lines.reduce((sum, { amountMicroAu }) => sum + amountMicroAu, 0n)
        expect(capped.reduce((sum, { debitedMicroAu }) => sum + debitedMicroAu, 0n)).toBe(total < most ? total : most)
        for (const one of capped) {
          expect(one.debitedMicroAu + one.waivedMicroAu).toBe(one.line.amountMicroAu)
          expect(one.debitedMicroAu >= 0n && one.waivedMicroAu >= 0n).toBe(true)
        }
      }),
    )
  })

  test('the later lines give way', () => {
    const lines = [{ amountMicroAu: 50n }, { amountMicroAu: 30n }, { amountMicroAu: 20n }]
    expect(capLines(lines, 60n).map(({ debitedMicroAu, waivedMicroAu }) => [debitedMicroAu, waivedMicroAu])).toEqual([
      [50n, 0n],
      [10n, 20n],
      [0n, 20n],
    ])
  })
})
