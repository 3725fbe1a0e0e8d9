import { describe, expect, test } from 'vitest'
import { crossedThresholds, thresholdOfLimit } from '../../../shared/billing/alert.ts'
import { vectors } from './vectors.ts'

describe('crossedThresholds', () => {
  const at15And30And50 = [15, 30, 50].map((at) => ({ id: String(at), at, inclusive: true, channels: ['in_app'] }))

  test.each(vectors.alert_thresholds_in_one_jump.cases)('from $from to $to', ({ from, to, fires }) => {
    const notification = crossedThresholds(at15And30And50, from, to)
    expect(notification === null ? [] : [notification.thresholds.map(({ at }) => at)]).toEqual(fires)
  })

  // seed: analytics, "Budget Alerts"
  const warning = { id: 'warning', percent: 80, inclusive: true, channels: ['email', 'in_app'] }
  const critical = { id: 'critical', percent: 95, inclusive: true, channels: ['email', 'in_app', 'sms'] }
  const overage = { id: 'overage', percent: 100, inclusive: false, channels: ['email', 'in_app', 'sms'] }
  const rules = [overage, warning, critical].map((rule) => thresholdOfLimit(rule, 1000))
  const idsOf = (before: number, after: number, fired: string[] = []): string[] | undefined =>
    crossedThresholds(rules, before, after, new Set(fired))?.thresholds.map(({ id }) => id)

  test('overage fires above the limit, not on it', () => {
    expect(idsOf(950, 1000)).toBeUndefined()
    expect(idsOf(1000, 1001)).toEqual(['overage'])
  })

  test('one jump over several is one notification, from low to high, on the union of their channels', () => {
    const notification = crossedThresholds(rules, 0, 1001)
    expect(notification?.thresholds.map(({ id }) => id)).toEqual(['warning', 'critical', 'overage'])
    expect(notification?.channels.toSorted()).toEqual(['email', 'in_app', 'sms'])
  })

  test('fires once per period, also when the measure fell back in between', () => {
    expect(idsOf(700, 800)).toEqual(['warning'])
    expect(idsOf(700, 800, ['warning'])).toBeUndefined()
    expect(idsOf(700, 950, ['warning'])).toEqual(['critical'])
  })
})
