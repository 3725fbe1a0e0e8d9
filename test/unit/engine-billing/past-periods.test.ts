import { beforeEach, describe, expect, it } from 'vitest'
import { pastPeriods, runningPeriod } from '../../../main/engine/billing/past-periods.ts'
import type { UsageDay } from '../../../main/engine/billing/usage/usage-history.ts'
import { dayOf } from '../../../shared/billing/cost-day.ts'
import { UNLIMITED } from '../../../shared/billing/limit.ts'

const workspaceId = '6f1c2a9e-0000-4000-8000-000000000001'
const current = { startMs: Date.UTC(2026, 10, 11, 9), endMs: Date.UTC(2026, 11, 11, 9) }

/** By meter and day since 1970: the counter at the end of each hour. */
let days: Map<string, Map<number, (number | null)[]>>
beforeEach(() => {
  days = new Map()
})

const history = {
  metrics: () => [...days.keys()],
  readDays: (_: string, metric: string, fromDay: number, toDay: number): UsageDay[] =>
    [...(days.get(metric) ?? [])]
      .filter(([day]) => day >= fromDay && day <= toDay)
      .map(([day, hours]) => ({ day, limit: UNLIMITED, usedAtEnd: 0, peak: 0, hours })),
}

/** The counter stood at this when the hour that begins then was over. */
function note(metric: string, year: number, month: number, date: number, hour: number, used: number): void {
  const ofMeter = days.get(metric) ?? new Map<number, (number | null)[]>()
  days.set(metric, ofMeter)
  const day = dayOf(Date.UTC(year, month - 1, date))
  const hours = ofMeter.get(day) ?? Array.from({ length: 24 }, () => null)
  hours[hour] = used
  ofMeter.set(day, hours)
}

const past = (interval: 'month' | 'year', most = 12) =>
  pastPeriods(history, workspaceId, current, interval, most).map(({ startMs, endMs, used }) => [
    new Date(startMs).toISOString().slice(0, 13),
    new Date(endMs).toISOString().slice(0, 13),
    used,
  ])

describe('the periods that are over', () => {
  it('are counted back from the running one, each with the highest counter of each meter', () => {
    note('calls', 2026, 11, 5, 10, 70)
    note('calls', 2026, 11, 5, 11, 90)
    note('calls', 2026, 11, 6, 0, 80)
    note('storage', 2026, 10, 20, 3, 5)
    note('calls', 2026, 10, 1, 0, 40)
    // Of the running period: not over.
    note('calls', 2026, 11, 20, 0, 999)
    expect(past('month')).toEqual([
      ['2026-10-11T09', '2026-11-11T09', { calls: 90, storage: 5 }],
      ['2026-09-11T09', '2026-10-11T09', { calls: 40 }],
    ])
  })

  it('begin and end at the hour: the hour before a period is that of the one before', () => {
    note('calls', 2026, 11, 11, 8, 60)
    note('calls', 2026, 11, 11, 9, 1)
    note('calls', 2026, 10, 11, 8, 50)
    expect(past('month')).toEqual([
      ['2026-10-11T09', '2026-11-11T09', { calls: 60 }],
      ['2026-09-11T09', '2026-10-11T09', { calls: 50 }],
    ])
  })

  it('end where nothing is known, and at the number that was asked for', () => {
    expect(past('month')).toEqual([])
    note('calls', 2026, 10, 20, 0, 3)
    note('calls', 2026, 9, 20, 0, 2)
    note('calls', 2026, 7, 20, 0, 1)
    expect(past('month').map(([start]) => start)).toEqual(['2026-10-11T09', '2026-09-11T09'])
    expect(past('month', 1)).toHaveLength(1)
  })

  it('are years under a plan of a year', () => {
    note('calls', 2026, 10, 20, 0, 800)
    note('calls', 2026, 2, 1, 0, 300)
    note('calls', 2025, 3, 1, 0, 500)
    expect(past('year')).toEqual([
      ['2025-11-11T09', '2026-11-11T09', { calls: 800 }],
      ['2024-11-11T09', '2025-11-11T09', { calls: 500 }],
    ])
  })
})

describe('the period that runs', () => {
  it('is what its counters stand at, or where one stood higher before', () => {
    note('gauge', 2026, 11, 12, 3, 90)
    note('flow', 2026, 11, 12, 3, 5)
    // Of the period before.
    note('flow', 2026, 11, 10, 3, 800)
    const counters = [
      { metric: 'gauge', used: 40 },
      { metric: 'flow', used: 12 },
      { metric: 'unseen', used: 3 },
    ]
    expect(runningPeriod(history, workspaceId, current, counters)).toEqual({ ...current, used: { gauge: 90, flow: 12, unseen: 3 } })
    expect(runningPeriod(history, workspaceId, current, [])).toBeNull()
  })
})
