import { describe, expect, test } from 'vitest'
import { dueAt, invoiceStatus, whyNotEligible } from '../../../shared/billing/invoice.ts'
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
