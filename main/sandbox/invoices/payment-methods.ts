import type { z } from 'zod'
import { type PaymentMethod, planOf } from '../../../shared/billing/catalog.ts'
import { whyNotEligible } from '../../../shared/billing/invoice.ts'
import type { paymentMethodsDocument } from '../../../shared/contract/platform/invoices.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { Unit } from '../store/store.ts'

/** The setting that says in which country the customer is; it decides which ways to pay there are. */
export const COUNTRY_SETTING = 'billing_country'

export async function readPaymentMethods(unit: Unit, account: Account): Promise<z.output<typeof paymentMethodsDocument>> {
  const country = await countryOf(unit, account.workspace.id)
  const current = currentMethod(account, country)
  return {
    methods: (account.catalog.paymentMethods ?? []).map((method) => {
      const reason = whyNot(account, method, country)
      const inUse = method.id === current?.id
      return {
        id: method.id,
        name: method.name,
        description: method.description,
        eligible: reason === null,
        ...(reason === null ? {} : { reason }),
        due_days: method.dueDays,
        current: inUse && (account.workspace.payment_method !== null || method.dueDays > 0),
        ...(inUse && account.workspace.payment_method !== null ? { detail: account.workspace.payment_method } : {}),
      }
    }),
  }
}

/** Makes them known, after the plan, the country or what is on file has changed. */
export async function announcePaymentMethods(unit: Unit, account: Account): Promise<void> {
  unit.changes.put({ workspaceId: account.workspace.id, topic: 'payment_methods', id: 'payment_methods', body: await readPaymentMethods(unit, account) })
}

/** How the next invoice is paid; null: the catalog leaves it to the customer portal. */
export async function methodInUse(unit: Unit, account: Account): Promise<PaymentMethod | null> {
  return currentMethod(account, await countryOf(unit, account.workspace.id))
}

/** What is on file is charged at once. Without it, an agreed price is invoiced and paid later, where the plan allows that. */
function currentMethod(account: Account, country: string | null): PaymentMethod | null {
  const eligible = (account.catalog.paymentMethods ?? []).filter((method) => whyNot(account, method, country) === null)
  const later = account.workspace.payment_method === null && planOf(account.catalog, account.plan.id).priceCents === null
  return eligible.find(({ dueDays }) => dueDays > 0 === later) ?? eligible[0] ?? null
}

function whyNot({ catalog, plan }: Account, method: PaymentMethod, country: string | null): string | null {
  return whyNotEligible(method, { planId: plan.id, country }, catalog.plans)
}

async function countryOf(unit: Unit, workspaceId: string): Promise<string | null> {
  const row = await unit.tx.selectFrom('settings').select('value').where('workspace_id', '=', workspaceId).where('key', '=', COUNTRY_SETTING).executeTakeFirst()
  return row === undefined || row.value === '' ? null : row.value
}
