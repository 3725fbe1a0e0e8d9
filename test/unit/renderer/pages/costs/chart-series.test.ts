import { describe, expect, test } from 'vitest'
import { costSeries, highestDay } from '../../../../../renderer/pages/costs/chart-series.ts'

function row(key: string, ...days: number[]) {
  return { key, name: key.toUpperCase(), amountCents: days.reduce((sum, day) => sum + day, 0), share: 0, days }
}

describe('the series of a cost chart', () => {
  test('are the rows, and beyond six the rest is one; nothing is left out of the sums', () => {
    const rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key, index) => row(key, index, 10 * index))
    expect(costSeries(rows.slice(0, 6), 'Others').map(({ label }) => label)).toEqual(['A', 'B', 'C', 'D', 'E', 'F'])
    const folded = costSeries(rows, 'Others')
    expect(folded.map(({ label }) => label)).toEqual(['A', 'B', 'C', 'D', 'E', 'Others'])
    expect(folded.at(-1)?.values).toEqual([5 + 6 + 7, 50 + 60 + 70])
    const sum = (values: readonly (number | null)[]): number => values.reduce<number>((total, value) => total + (value ?? 0), 0)
    expect(folded.reduce((total, { values }) => total + sum(values), 0)).toBe(rows.reduce((total, { amountCents }) => total + amountCents, 0))
  })

  test('the highest day is that of all rows together; a period without costs has none', () => {
    expect(highestDay([row('a', 1, 5), row('b', 7, 2)], ['2026-10-01', '2026-10-02'])).toEqual({ date: '2026-10-01', amountCents: 8 })
    expect(highestDay([], ['2026-10-01'])).toBeNull()
  })
})
