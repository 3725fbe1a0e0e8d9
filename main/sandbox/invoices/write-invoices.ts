import type { models } from '@polar-sh/sdk/2026-10'
import { findMeter } from '../../../shared/billing/catalog.ts'
import { dueAt } from '../../../shared/billing/invoice.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Store, Unit } from '../store/store.ts'
import { type InvoiceRow, invoiceDocumentOf } from './invoice-document.ts'
import { methodInUse } from './payment-methods.ts'
import { type InvoiceLine, type UsageItem, usageLinesOf } from './usage-lines.ts'

const LOOK_EVERY_MS = 60_000

/** Which meter a price is for; null: it is the price of a period, or of something that is sold once. */
export type MeterOfPrice = (priceId: string | null) => string | null

/**
 * Takes over the orders of the payment provider as invoices, and makes known what changed: of one that is issued, its status alone. A draft is not shown.
 * (shared/contract/README.md, "Invoices", "Overage")
 */
export async function writeInvoices(unit: Unit, account: Account, orders: readonly models.Order[], meterOfPrice: MeterOfPrice): Promise<void> {
  // In the order in which they were made: each bills the use that no earlier one did.
  for (const order of orders.toSorted((one, other) => Date.parse(one.created_at) - Date.parse(other.created_at))) {
    if (order.status === 'draft') continue
    const known = await unit.tx.selectFrom('invoices').selectAll().where('id', '=', order.id).executeTakeFirst()
    if (known !== undefined) {
      if (known.order_status === order.status) continue
      await unit.tx.updateTable('invoices').set({ order_status: order.status }).where('id', '=', order.id).execute()
      announce(unit, account, { ...known, order_status: order.status })
      continue
    }
    const row = await rowOf(unit, account, { ...order, status: order.status }, meterOfPrice)
    await unit.tx.insertInto('invoices').values(row).execute()
    announce(unit, account, row)
  }
}

/** What time alone makes of invoices. Called with every tick; looks once a minute. */
export class InvoiceClock {
  readonly #store: Store
  #nextMs = 0

  constructor(store: Store) {
    this.#store = store
  }

  async tick(): Promise<void> {
    const now = this.#store.now()
    if (now < this.#nextMs) return
    this.#nextMs = now + LOOK_EVERY_MS
    const open = await this.#store.read
      .selectFrom('invoices')
      .select('workspace_id')
      .distinct()
      .where('order_status', '=', 'pending')
      .where('due_at', '<', now)
      .execute()
    for (const { workspace_id: workspaceId } of open) {
      await this.#store.write(async (unit) => {
        const account = await openAccount(unit, workspaceId)
        const pending = await unit.tx.selectFrom('invoices').selectAll().where('workspace_id', '=', workspaceId).where('order_status', '=', 'pending').execute()
        for (const row of pending) announce(unit, account, row)
      })
    }
  }
}

async function rowOf(
  unit: Unit,
  account: Account,
  order: models.Order & { status: InvoiceRow['order_status'] },
  meterOfPrice: MeterOfPrice,
): Promise<InvoiceRow> {
  const issuedMs = Date.parse(order.created_at)
  const item = order.items[0]
  const method = await methodInUse(unit, account)
  const used = order.items.flatMap((each): UsageItem[] => {
    const metric = meterOfPrice(each.product_price_id)
    return metric === null || findMeter(account.catalog, metric) === undefined ? [] : [{ metric, item: each }]
  })
  const bought = order.items.filter((each) => used.every((usage) => usage.item !== each))
  return {
    id: order.id,
    workspace_id: account.workspace.id,
    number: order.invoice_number ?? order.id,
    order_status: order.status,
    period_start: Date.parse(item?.start_timestamp ?? order.created_at),
    period_end: Date.parse(item?.end_timestamp ?? order.created_at),
    issued_at: issuedMs,
    due_at: dueAt(issuedMs, method),
    currency: order.currency,
    description: order.description,
    payment_method: method?.id ?? null,
    plan_lines: JSON.stringify(linesOf(order, bought)),
    usage_lines: JSON.stringify(usageLinesOf(unit, account, order, used)),
    closes_at: order.billing_reason === 'subscription_cycle' || order.billing_reason === 'subscription_meter_cycle' ? issuedMs : null,
    balance_cents: order.applied_balance_amount,
  }
}

/** What was bought beforehand; one line for all of an order that has no items. */
function linesOf(order: models.Order, items: models.Order['items']): InvoiceLine[] {
  if (order.items.length === 0) return [{ description: order.description, kind: 'plan', amount_cents: order.net_amount, tax_cents: order.tax_amount }]
  return items.map(({ label, amount, tax_amount: tax }) => ({ description: label, kind: 'plan', amount_cents: amount, tax_cents: tax }))
}

function announce(unit: Unit, { workspace, catalog }: Account, row: InvoiceRow): void {
  unit.changes.put({ workspaceId: workspace.id, topic: 'invoice', id: row.id, body: invoiceDocumentOf(row, catalog, unit.now) })
}
