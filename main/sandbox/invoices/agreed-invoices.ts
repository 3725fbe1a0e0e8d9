import { planOf } from '../../../shared/billing/catalog.ts'
import { dueAt } from '../../../shared/billing/invoice.ts'
import { periodAt, periodNumber } from '../../../shared/billing/period.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Store, Unit } from '../store/store.ts'
import { invoiceDocumentOf, type InvoiceRow } from './invoice-document.ts'
import { methodInUse } from './payment-methods.ts'

/**
 * Invoices of plans whose price was agreed with the customer: nobody sells them through the payment provider, so the platform issues one
 * for each period when it begins, to be paid as the customer's way to pay says (net 30). One that is there is never changed.
 *
 * @returns those that are new, oldest first.
 */
export async function issueAgreedInvoices(unit: Unit, account: Account): Promise<InvoiceRow[]> {
  const { workspace, catalog, plan } = account
  const { agreed_price_cents: priceCents } = workspace
  // Only while the plan in force is the one that has no list price.
  if (priceCents === null || planOf(catalog, plan.id).priceCents !== null) return []
  const method = await methodInUse(unit, account)
  const issued: InvoiceRow[] = []
  for (let index = 0; ; index += 1) {
    const { startMs, endMs } = periodNumber(workspace.period_anchor, index, plan.interval)
    if (startMs > unit.now) return issued
    const number = `${seriesOf(workspace.name)}-${String(index + 1).padStart(4, '0')}`
    const row: InvoiceRow = {
      id: `agreed-${workspace.id}-${index}`,
      workspace_id: workspace.id,
      number,
      order_status: 'pending',
      period_start: startMs,
      period_end: endMs,
      issued_at: startMs,
      due_at: dueAt(startMs, method),
      currency: plan.currency,
      description: `${plan.name}, by agreement`,
      payment_method: method?.id ?? null,
      plan_lines: JSON.stringify([{ description: `${plan.name}, by agreement`, kind: 'plan', amount_cents: priceCents, tax_cents: 0 }]),
      usage_lines: '[]',
      closes_at: null,
      balance_cents: 0,
    }
    const inserted = await unit.tx
      .insertInto('invoices')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (inserted === undefined) continue
    unit.changes.put({ workspaceId: workspace.id, topic: 'invoice', id: row.id, body: invoiceDocumentOf(row, catalog, unit.now) })
    issued.push(row)
  }
}

/** Issues what has become due where a period has begun since the last invoice. Called with every tick. */
export class AgreedInvoiceClock {
  readonly #store: Store
  /** By workspace: the start of the period whose invoice was issued. */
  readonly #issued = new Map<string, number>()

  constructor(store: Store) {
    this.#store = store
  }

  async tick(): Promise<void> {
    const agreed = await this.#store.read.selectFrom('workspaces').select(['id', 'period_anchor']).where('agreed_price_cents', 'is not', null).execute()
    for (const { id, period_anchor: anchor } of agreed) {
      const { startMs } = periodAt(anchor, this.#store.now())
      if (this.#issued.get(id) === startMs) continue
      await this.#store.write(async (unit) => issueAgreedInvoices(unit, await openAccount(unit, id)))
      this.#issued.set(id, startMs)
    }
  }
}

/** As the payment provider names its series: by the customer's first word. */
function seriesOf(name: string): string {
  return (
    (name.split(/\s+/)[0] ?? name)
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]/g, '')
      .slice(0, 12) || 'INVOICE'
  )
}
