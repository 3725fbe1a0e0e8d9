import { expect, it } from 'vitest'
import type { Meter } from '../../../../../shared/contract/console.ts'
import type { UsageTrend } from '../../../../../shared/contract/console/usage.ts'
import { usageTexts } from '../../../../../renderer/pages/usage/texts.ts'
import { trendShape } from '../../../../../renderer/pages/usage/trend-shape.ts'

const meter: Meter = {
  id: 'calls',
  name: 'Calls',
  description: '',
  unit: 'count',
  byteBase: 'decimal',
  period: 'monthly',
  used: 30,
  limit: 100,
  percent: 30,
  level: 'normal',
  levelLabel: '',
  marks: [],
  heldCount: 0,
  heldBytes: 0,
  knowledge: 'server',
}
const trend: UsageTrend = {
  meter: 'calls',
  grain: 'day',
  kind: 'flow',
  limit: 100,
  times: [Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 2)],
  values: [10, 20],
  previous: [5, 10],
  running: [10, 30],
  previousRunning: [5, 15],
  expected: [null, 80],
  low: [null, 60],
  high: [null, 95],
  comparedTotal: 30,
  comparedPrevious: 15,
}

it('draws what was used each day as bars, without a limit that is of the whole period', () => {
  const shape = trendShape(meter, trend, false)
  expect(shape.kind).toBe('bars')
  expect(shape.series.map(({ id }) => id)).toEqual(['now', 'before'])
  expect(shape.marks).toEqual([])
})

it('draws the running total with its range and the limit', () => {
  const shape = trendShape(meter, trend, true)
  expect(shape.kind).toBe('lines')
  expect(shape.series.map(({ id }) => id)).toEqual(['now', 'before', 'expected', 'low', 'high'])
  expect(shape.marks).toEqual([{ label: 'Limit 100', value: 100 }])
})

it('draws no time before of which nothing is known', () => {
  expect(trendShape(meter, { ...trend, previous: [null, null] }, false).series.map(({ id }) => id)).toEqual(['now'])
})

it('says in a sentence what it shows', () => {
  expect(usageTexts.trend.summary(meter, trend)).toBe(
    'Calls: the most in one day was 20 (Nov 2, 2026). 30 against 15 in as much of the time before (+100\u00a0%).',
  )
  expect(usageTexts.trend.summary(meter, { ...trend, kind: 'level' })).toBe('Calls stands at 20; the highest of these was 20 (Nov 2, 2026).')
  expect(usageTexts.trend.summary(meter, { ...trend, values: [null, null] })).toBe('Calls: no history is known yet.')
})
