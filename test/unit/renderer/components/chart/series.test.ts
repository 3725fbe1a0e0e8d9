import { describe, expect, it } from 'vitest'
import { drawnColumns, drawnMarks, highestOf } from '../../../../../renderer/components/chart/series.ts'

const series = [
  { id: 'a', label: 'A', values: [1, 2, null] },
  { id: 'b', label: 'B', values: [10, null, 30] },
]

describe('what is drawn', () => {
  it('of stacked columns: each on those before it, the tall ones behind', () => {
    expect(drawnColumns({ kind: 'stacked', series })).toEqual([
      { index: 1, values: [11, 2, 30] },
      { index: 0, values: [1, 2, 0] },
    ])
  })

  it('of lines: the first on top; of bars: in their order', () => {
    expect(drawnColumns({ kind: 'lines', series }).map(({ index }) => index)).toEqual([1, 0])
    expect(drawnColumns({ kind: 'bars', series }).map(({ index }) => index)).toEqual([0, 1])
  })

  it('has room for the sum of a stack, and for a limit that is not far above', () => {
    expect(highestOf({ kind: 'stacked', series })).toBe(30)
    expect(highestOf({ kind: 'lines', series, marks: [{ label: 'limit', value: 100 }] })).toBe(100)
    const far = { kind: 'lines' as const, series, marks: [{ label: 'limit', value: 1000 }] }
    expect(highestOf(far)).toBe(30)
    expect(drawnMarks(far)).toEqual([])
    expect(highestOf({ kind: 'lines', series: [] })).toBe(1)
  })
})
