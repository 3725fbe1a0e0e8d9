import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UNLIMITED } from '../../../shared/billing/limit.ts'
import { levelAtPercent, levelOf, percentOf, reachesPercent, thresholdMarks } from '../../../shared/billing/thresholds.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'
import { exampleCatalog } from './example-catalog.ts'
import { vectors } from './vectors.ts'

const layerA = catalogs['layer-a'].thresholds

describe('colours by policy', () => {
  test.each(vectors.colours['layer-a'])('layer-a at %d %% is %s', (percent, level) => {
    expect(levelAtPercent(layerA, percent).level).toBe(level)
    expect(levelOf(layerA, Math.round(percent * 1000), 100_000).level).toBe(level)
  })

  // The example's policy is truss's: amber from 60 % to 85 % inclusive, red above.
  test.each(vectors.colours.truss)('truss at %d %% is %s', (percent, level) => {
    expect(levelAtPercent(exampleCatalog.thresholds, percent).level).toBe(level)
    expect(levelOf(exampleCatalog.thresholds, Math.round(percent * 1000), 100_000).level).toBe(level)
  })

  test('the exact ratio decides, not the rounded percentage', () => {
    expect(levelOf(layerA, 99_999, 100_000)).toEqual({ percent: 100, level: 'amber', label: 'Approaching the limit' })
    expect(levelOf(layerA, 26_214_399, 26_214_400).level).toBe('amber')
    expect(levelOf(layerA, 26_214_400, 26_214_400)).toEqual({ percent: 100, level: 'red', label: 'Limit reached' })
  })

  test('no limit and not included have no colour', () => {
    expect(levelOf(layerA, 5, UNLIMITED)).toEqual({ percent: null, level: null, label: 'Unlimited' })
    expect(levelOf(layerA, 5, 0)).toEqual({ percent: null, level: null, label: 'Not included' })
  })

  test('a meter has a mark where each warning begins', () => {
    expect(thresholdMarks(layerA)).toEqual([
      { percent: 80, level: 'amber' },
      { percent: 100, level: 'red' },
    ])
  })
})

describe('percentOf', () => {
  test.each([
    [0, 3, 0],
    [1, 3, 33.3],
    [2, 3, 66.7],
    [1, 2000, 0.1],
    [1, 2001, 0],
    [250, 100, 250],
  ])('%d of %d is %d', (used, limit, percent) => {
    expect(percentOf(used, limit)).toBe(percent)
  })

  test('does not lose digits where a product passes 2^53', () => {
    expect(percentOf(Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER)).toBe(100)
    expect(percentOf(4_503_599_627_370_496, 9_007_199_254_740_991)).toBe(50)
  })

  test.each([
    [4_000_000_000_000_000, 100, 4_000_000_000_000_000],
    [Number.MAX_SAFE_INTEGER, 1, 900_719_925_474_099_100],
  ])('has a number for %i of %i, which no exact one could say', (used, limit, percent) => {
    expect(percentOf(used, limit)).toBe(percent)
  })

  test('is within half a tenth of the ratio', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (used, limit) => {
        expect(Math.abs((percentOf(used, limit) ?? Number.NaN) - (100 * used) / limit)).toBeLessThanOrEqual(0.05 + (used / limit) * 1e-12)
      }),
    )
  })
})

test('reachesPercent tells one unit apart, also past 2^53 and with a fraction of a percent', () => {
  expect(reachesPercent(9_007_199_254_740_990, 9_007_199_254_740_991, 100, true)).toBe(false)
  expect(reachesPercent(9_007_199_254_740_991, 9_007_199_254_740_991, 100, true)).toBe(true)
  expect(reachesPercent(9_007_199_254_740_991, 9_007_199_254_740_991, 100, false)).toBe(false)
  expect(reachesPercent(875, 1000, 87.5, true)).toBe(true)
  expect(reachesPercent(874, 1000, 87.5, true)).toBe(false)
  expect(reachesPercent(875, 1000, 87.5, false)).toBe(false)
})
