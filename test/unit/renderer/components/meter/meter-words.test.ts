import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { meterTexts } from '../../../../../renderer/base/texts/meter.ts'
import { usedQuantity } from '../../../../../renderer/components/meter/meter-scale.ts'

vi.mock('../../../../../renderer/base/format/locale-choice.ts', () => ({ chosenLocale: () => 'en-US' }))

const MiB = 1024 * 1024
const words = (used: number, limit: number, unit: string) => {
  const meter = { used, limit, unit, byteBase: 'binary' as const }
  return `${usedQuantity(meter)} ${meterTexts.ofLimit(meter)}`
}

describe('both sides of “of”', () => {
  it.each([
    [4_960_000, 5_000_000, 'count', '4,960,000 of 5,000,000'],
    [999_950, 1_000_000, 'count', '999,950 of 1,000,000'],
    [25 * MiB - 1, 25 * MiB, 'bytes', '24.99 MiB of 25 MiB'],
    [512 * 1024, 25 * MiB, 'bytes', '0.5 MiB of 25 MiB'],
    [300 * MiB, 25 * MiB, 'bytes', '300 MiB of 25 MiB'],
    // Something is never nothing.
    [1, 5 * 1024 * MiB, 'bytes', '<0.01 GiB of 5 GiB'],
    [0, 25 * MiB, 'bytes', '0 MiB of 25 MiB'],
    [29_999, 30_000, 'minutes', '499.98 h of 500 h'],
  ])('%i of %i %s', (used, limit, unit, expected) => {
    expect(words(used, limit, unit)).toBe(expected)
  })

  it('is never 100 % before it is full', () => {
    expect(meterTexts.percent({ used: 999_950, limit: 1_000_000, percent: 100 })).toBe('99.9\u00a0%')
    expect(meterTexts.percent({ used: 1_000_000, limit: 1_000_000, percent: 100 })).toBe('100\u00a0%')
    expect(meterTexts.percent({ used: 1, limit: null, percent: null })).toBeNull()
  })
})

const cases = join(process.cwd(), '../shared/cases/meter-words.json')
describe.skipIf(!existsSync(cases))(
  existsSync(cases) ? 'the cases that once read wrong' : 'the cases that once read wrong (skipped: ../shared/cases is not here)',
  () => {
    const read = z.array(z.looseObject({ used: z.number(), limit: z.number(), not: z.string().optional() }))
    it('reads right', () => {
      const all = read.parse(JSON.parse(readFileSync(cases, 'utf8')))
      expect(all.length).toBeGreaterThan(0)
      for (const { used, limit, not } of all) {
        expect(words(used, limit, 'count').split(' of ')[0]).not.toBe(not)
        // One scale: neither side is shortened where the other is not.
        expect(words(used, limit, 'count')).toMatch(/^[\d,]+ of [\d,]+$/)
      }
    })
  },
)
