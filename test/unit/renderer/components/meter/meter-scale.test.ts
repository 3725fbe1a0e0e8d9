import { describe, expect, it } from 'vitest'
import { meterScale } from '../../../../../renderer/components/meter/meter-scale.ts'

const marks = [
  { percent: 80, level: 'amber' as const },
  { percent: 100, level: 'red' as const },
]
const half = { used: 50, limit: 100, unit: 'bytes', heldCount: 0, heldBytes: 0, marks }

describe('meterScale', () => {
  it('fills to the share that is used and puts the marks where the colours begin', () => {
    const scale = meterScale(half)
    expect(scale.fillPercent).toBe(50)
    expect(scale.marks.map((mark) => mark.position)).toEqual([80, 100])
  })
  it('never draws beyond the limit', () => {
    expect(meterScale({ ...half, used: 400 }).fillPercent).toBe(100)
  })
  it('shows that there is something, and nothing for nothing', () => {
    expect(meterScale({ ...half, used: 1, limit: 1_000_000 }).fillPercent).toBeGreaterThan(0)
    expect(meterScale({ ...half, used: 0 }).fillPercent).toBe(0)
  })
  it('makes room behind the limit in proportion to the held bytes', () => {
    const scale = meterScale({ ...half, used: 100, heldCount: 1, heldBytes: 25 })
    expect(scale.heldPercent).toBe(20)
    expect(scale.limitPercent).toBe(80)
    expect(scale.fillPercent).toBe(80)
    expect(scale.marks.at(-1)?.position).toBe(80)
  })
  it('keeps the used part readable however much is held', () => {
    expect(meterScale({ ...half, used: 100, heldCount: 9, heldBytes: 1_000_000 }).limitPercent).toBeGreaterThanOrEqual(55)
  })
  it('does not pretend to a scale where the meter does not count bytes', () => {
    const few = meterScale({ ...half, unit: 'operations', heldCount: 1, heldBytes: 10 }).heldPercent
    const many = meterScale({ ...half, unit: 'operations', heldCount: 90_000, heldBytes: 10_000_000 }).heldPercent
    expect(few).toBe(many)
    expect(few).toBeGreaterThan(0)
  })
  it('draws no bar for an unlimited or a missing quota', () => {
    expect(meterScale({ ...half, limit: null }).fillPercent).toBe(0)
    expect(meterScale({ ...half, limit: 0 }).marks).toEqual([])
  })
})
