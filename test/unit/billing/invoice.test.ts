import { describe, expect, test } from 'vitest'
import { meterOf } from '../../../shared/billing/catalog.ts'
import { beyondPlan, dueAt, invoiceStatus, taxAtRate, usageLine, whyNotEligible } from '../../../shared/billing/invoice.ts'
import { UNLIMITED } from '../../../shared/billing/limit.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const { analytics } = catalogs
const DAY_MS = 86_400_000

describe('the status of an invoice', () => {
  test.each([
    ['paid', 'Paid'],
    ['refunded', 'refunded'],
    ['partially_refunded', 'partially_refunded'],
    ['void', 'void'],
    ['draft', null],
  ] as const)('%s is %s', (order, status) => {
    expect(invoiceStatus(order, 1000, 5000)).toBe(status)
  })

  test('pending is Pending up to the due date, and Overdue a millisecond later', () => {
    expect(invoiceStatus('pending', 1000, 999)).toBe('Pending')
    expect(invoiceStatus('pending', 1000, 1000)).toBe('Pending')
    expect(invoiceStatus('pending', 1000, 1001)).toBe('Overdue')
  })
})

describe('ways to pay', () => {
  const methods = analytics.paymentMethods ?? []
  const eligible = (planId: string, country: string | null) =>
    methods.filter((method) => whyNotEligible(method, { planId, country }, analytics.plans) === null).map(({ id }) => id)

  test('are those of the seed: bank transfer for US customers, invoice and wire for Enterprise', () => {
    expect(eligible('professional', null)).toEqual(['card'])
    expect(eligible('professional', 'DE')).toEqual(['card'])
    expect(eligible('professional', 'US')).toEqual(['card', 'ach'])
    expect(eligible('enterprise', 'US')).toEqual(['card', 'ach', 'invoice', 'wire'])
    expect(eligible('enterprise', 'DE')).toEqual(['card', 'invoice', 'wire'])
  })

  test('say why one cannot be used', () => {
    const reason = (id: string) =>
      methods.filter((method) => method.id === id).map((method) => whyNotEligible(method, { planId: 'starter', country: 'DE' }, analytics.plans))
    expect(reason('invoice')).toEqual(['Only on Enterprise.'])
    expect(reason('ach')).toEqual(['Only for customers in US.'])
  })

  test('a card is due at once, an invoice after thirty days', () => {
    const due = Object.fromEntries(methods.map((method) => [method.id, (dueAt(0, method) / DAY_MS) as number]))
    expect(due).toEqual({ card: 0, ach: 0, invoice: 30, wire: 30 })
    expect(dueAt(5, null)).toBe(5)
  })
})

describe('use beyond the plan', () => {
  const queries = meterOf(analytics, 'queries')
  const storage = meterOf(analytics, 'storage')

  test('is billed at the unit price, rounded once', () => {
    expect(usageLine(queries, 1234)).toMatchObject({ quantity: 1234, unitPriceCents: 50, per: 1000, amountCents: 62 })
    expect(usageLine(queries, 30)?.amountCents).toBe(2)
  })

  test('is no line where it comes to nothing, or where the meter bills nothing', () => {
    expect(usageLine(queries, 0)).toBeNull()
    expect(usageLine(queries, 9)).toBeNull()
    expect(usageLine(meterOf(analytics, 'users'), 50)).toBeNull()
  })

  test('of a peak-daily meter is the sum of what each day lay above', () => {
    expect(beyondPlan(storage, { used: 300, dayPeaks: [90, 150, 300] }, 100)).toBe(250)
    expect(beyondPlan(queries, { used: 300, dayPeaks: [90, 150, 300] }, 100)).toBe(200)
    expect(beyondPlan(queries, { used: 300, dayPeaks: [] }, UNLIMITED)).toBe(0)
  })

  test('is taxed as what was bought beside it', () => {
    expect(taxAtRate(250, { taxCents: 1900, netCents: 10_000 })).toBe(48)
    expect(taxAtRate(250, { taxCents: 0, netCents: 10_000 })).toBe(0)
    expect(taxAtRate(250, { taxCents: 19, netCents: 0 })).toBe(0)
  })
})
