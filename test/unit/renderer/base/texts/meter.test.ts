import { describe, expect, it } from 'vitest'
import { meterTexts } from '../../../../../renderer/base/texts/meter.ts'
import { usedQuantity } from '../../../../../renderer/components/meter/meter-scale.ts'

const bytes = {
  used: 26_214_400,
  limit: 26_214_400,
  unit: 'bytes',
  byteBase: 'binary' as const,
  percent: 100,
  levelLabel: 'At the limit',
  heldCount: 2,
  heldBytes: 2048,
}

describe('the words of a meter', () => {
  it('carries number, limit, percent, level and what is held', () => {
    expect(meterTexts.spoken(bytes)).toBe('26,214,400 bytes of 26,214,400 bytes, 100\u00a0%, At the limit, 2 writes (2 KiB) held behind the limit')
  })
  it('tells unlimited from not included', () => {
    expect(meterTexts.spoken({ ...bytes, limit: null, percent: null, heldCount: 0 })).toBe('26,214,400 bytes used, unlimited')
    expect(meterTexts.spoken({ ...bytes, used: 0, limit: 0, percent: null, heldCount: 0 })).toBe('Not included in the plan')
    expect(meterTexts.ofLimit({ limit: 0, unit: 'keys', byteBase: 'binary' })).toBe('not included')
    expect(meterTexts.ofLimit({ limit: null, unit: 'keys', byteBase: 'binary' })).toBe('keys of unlimited')
  })
  it('says the unit once', () => {
    expect(meterTexts.ofLimit({ limit: 1000, unit: 'operations', byteBase: 'binary' })).toBe('of 1,000 operations')
    expect(meterTexts.ofLimit(bytes)).toBe('of 25 MiB')
  })
  it('says minutes in hours, and a price with its unit', () => {
    expect(meterTexts.ofLimit({ limit: 30_000, unit: 'minutes', byteBase: 'decimal' })).toBe('of 500 h')
    expect(meterTexts.ofLimit({ limit: null, unit: 'minutes', byteBase: 'decimal' })).toBe('of unlimited')
    expect(usedQuantity({ used: 90, limit: 30_000, unit: 'minutes', byteBase: 'decimal' })).toBe('1.5 h')
    expect(usedQuantity({ used: 29_999, limit: 30_000, unit: 'minutes', byteBase: 'decimal' })).toBe('499.98 h')
    expect(meterTexts.unitPrice({ unit: 'minutes', byteBase: 'decimal' }, '$0.60', 60)).toBe('$0.60 per hour')
    expect(meterTexts.unitPrice({ unit: 'count', byteBase: 'decimal' }, '$0.05', 1)).toBe('$0.05 each')
    expect(meterTexts.unitPrice({ unit: 'count', byteBase: 'decimal' }, '$0.50', 1000)).toBe('$0.50 per 1,000')
    expect(meterTexts.unitPrice({ unit: 'bytes', byteBase: 'decimal' }, '$0.01', 1e9)).toBe('$0.01 per GB')
  })
  it('does not cap what is over', () => {
    expect(meterTexts.spoken({ ...bytes, used: 3, limit: 2, unit: 'sessions', percent: 150, heldCount: 0 })).toContain('150\u00a0%')
  })
})
