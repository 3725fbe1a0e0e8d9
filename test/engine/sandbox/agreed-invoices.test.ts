import { expect, test } from 'vitest'
import { demoWorkspaces, enterpriseWorkspace } from '../../../main/sandbox/demo/demo-workspaces.ts'
import { invoicesResponse, paymentMethodsDocument } from '../../../shared/contract/platform/invoices.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { SteppedClock, withSandbox } from './fixture.ts'

const DAY_MS = 86_400_000

test('a price by agreement is invoiced for each period, due in 30 days: of the demo’s one is pending and one overdue', async () => {
  const clock = new SteppedClock()
  await withSandbox(
    async (fixture) => {
      const token = fixture.members.find(({ workspace }) => workspace === enterpriseWorkspace.name)?.token ?? ''
      const invoices = async () => (await fixture.send(invoicesResponse, 'GET', '/api/billing/invoices', { token })).value.invoices
      const first = await invoices()
      expect(first.map(({ status, amount_cents: cents, number }) => [number, status, cents])).toEqual([
        ['MERIDIAN-0006', 'Pending', 240_000],
        ['MERIDIAN-0005', 'Overdue', 240_000],
        ['MERIDIAN-0004', 'Paid', 240_000],
        ['MERIDIAN-0003', 'Paid', 240_000],
        ['MERIDIAN-0002', 'Paid', 240_000],
        ['MERIDIAN-0001', 'Paid', 240_000],
      ])
      for (const { issued_at: issued, due_at: due, payment_method: method } of first) {
        expect(Date.parse(due) - Date.parse(issued)).toBe(30 * DAY_MS)
        expect(method).toBe('Invoice')
      }
      const readPlan = async () => (await fixture.send(contract.planResponse, 'GET', '/api/billing/plan', { token })).value
      const before = await readPlan()
      const { plan } = before
      expect(plan).toMatchObject({ id: 'enterprise', price_cents: 240_000 })
      const { methods } = (await fixture.send(paymentMethodsDocument, 'GET', '/api/billing/payment-methods', { token })).value
      expect(methods.find(({ current }) => current)).toMatchObject({ id: 'invoice', due_days: 30 })
      // The list price of the plan stays by agreement.
      const { plans } = (await fixture.send(contract.plansResponse, 'GET', '/api/billing/plans', { token })).value
      expect(plans.find(({ id }) => id === 'enterprise')?.price_cents).toBeNull()

      // Every look at the payment provider, which knows nothing of it, leaves it as it is.
      await fixture.sandbox.tick()
      expect(await invoices()).toEqual(first)
      expect(await readPlan()).toEqual(before)
      clock.step(31 * DAY_MS)
      await fixture.sandbox.tick()
      await fixture.sandbox.tick()
      expect((await invoices()).map(({ status }) => status)).toEqual(['Pending', 'Overdue', 'Overdue', 'Paid', 'Paid', 'Paid', 'Paid'])
      const documents = await fixture.documents({ token })
      const known = [...documents].filter(([key]) => key.startsWith('invoice/')).map(([, body]) => invoicesResponse.shape.invoices.element.parse(body))
      expect(known.toSorted((one, other) => other.number.localeCompare(one.number)).map(({ status }) => status)).toEqual(
        (await invoices()).map(({ status }) => status),
      )
    },
    { clock, demo: [...demoWorkspaces, enterpriseWorkspace] },
  )
})
