import type { models } from '@polar-sh/sdk/2026-10'
import { dueAt } from '../../../shared/billing/invoice.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Store, Unit } from '../store/store.ts'
import { type InvoiceRow, invoiceDocumentOf } from './invoice-document.ts'
import { methodInUse } from './payment-methods.ts'
import { type InvoiceLine, usageLinesOf } from './usage-lines.ts'

/** Late events count in their period for 48 hours (protocol: "Counters, periods, limits"); until a little later an invoice's use may move. */
const USE_SETTLES_MS = 49 * 3_600_000
const LOOK_EVERY_MS = 60_000

/** Takes over the orders of the payment provider as invoices, and makes known what changed. A draft is not shown. (protocol: "Invoices") */
export async function writeInvoices(unit: Unit, account: Account, orders: readonly models.Order[]): Promise<void> {
  for (const order of orders) {
    if (order.status === 'draft') continue
    const known = await unit.tx.selectFrom('invoices').selectAll().where('id', '=', order.id).executeTakeFirst()
    if (known !== undefined && known.order_status === order.status && unit.now > known.issued_at + USE_SETTLES_MS) continue
    const row = await rowOf(unit, account, order, known)
    await unit.tx
      .insertInto('invoices')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ order_status: row.order_status, usage_lines: row.usage_lines }))
      .execute()
    announce(unit, account, row)
  }
}

/** Reckons the use on the invoices of an account anew: for late events, and for a past that was written after its orders. @param sinceMs of periods that ended after it */
export async function rewriteUsage(unit: Unit, account: Account, sinceMs = 0): Promise<void> {
  const rows = await unit.tx.selectFrom('invoices').selectAll().where('workspace_id', '=', account.workspace.id).where('closes_at', '>', sinceMs).execute()
  for (const row of rows) {
    if (row.closes_at === null) continue
    const usageLines = JSON.stringify(await usageLinesOf(unit, account, row.closes_at, taxRateOf(JSON.parse(row.plan_lines))))
    if (usageLines === row.usage_lines) continue
    await unit.tx.updateTable('invoices').set({ usage_lines: usageLines }).where('id', '=', row.id).execute()
    announce(unit, account, { ...row, usage_lines: usageLines })
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
      .where((eb) => eb.or([eb.and([eb('order_status', '=', 'pending'), eb('due_at', '<', now)]), eb('closes_at', '>', now - USE_SETTLES_MS)]))
      .execute()
    for (const { workspace_id: workspaceId } of open) {
      await this.#store.write(async (unit) => {
        const account = await openAccount(unit, workspaceId)
        await rewriteUsage(unit, account, now - USE_SETTLES_MS)
        const pending = await unit.tx.selectFrom('invoices').selectAll().where('workspace_id', '=', workspaceId).where('order_status', '=', 'pending').execute()
        for (const row of pending) announce(unit, account, row)
      })
    }
  }
}

async function rowOf(unit: Unit, account: Account, order: models.Order, known: InvoiceRow | undefined): Promise<InvoiceRow> {
  const issuedMs = Date.parse(order.created_at)
  const item = order.items[0]
  const startMs = Date.parse(item?.start_timestamp ?? order.created_at)
  const closesAt = order.billing_reason === 'subscription_cycle' ? startMs : null
  const planLines = linesOf(order)
  const method = known === undefined ? await methodInUse(unit, account) : null
  return {
    id: order.id,
    workspace_id: account.workspace.id,
    number: order.invoice_number ?? order.id,
    order_status: order.status === 'draft' ? 'pending' : order.status,
    period_start: startMs,
    period_end: Date.parse(item?.end_timestamp ?? order.created_at),
    issued_at: issuedMs,
    due_at: known?.due_at ?? dueAt(issuedMs, method),
    currency: order.currency,
    description: order.description,
    payment_method: known === undefined ? (method?.id ?? null) : known.payment_method,
    plan_lines: JSON.stringify(planLines),
    usage_lines: closesAt === null ? '[]' : JSON.stringify(await usageLinesOf(unit, account, closesAt, taxRateOf(planLines))),
    closes_at: closesAt,
  }
}

/** The items of an order; one line for all of it where the order has none. */
function linesOf(order: models.Order): InvoiceLine[] {
  if (order.items.length === 0) return [{ description: order.description, kind: 'plan', amount_cents: order.net_amount, tax_cents: order.tax_amount }]
  return order.items.map(({ label, amount, tax_amount: tax }) => ({ description: label, kind: 'plan', amount_cents: amount, tax_cents: tax }))
}

/** Use is taxed as what was bought beside it. */
function taxRateOf(lines: readonly Pick<InvoiceLine, 'amount_cents' | 'tax_cents'>[]): { taxCents: number; netCents: number } {
  return { taxCents: lines.reduce((sum, line) => sum + line.tax_cents, 0), netCents: lines.reduce((sum, line) => sum + line.amount_cents, 0) }
}

function announce(unit: Unit, { workspace, catalog }: Account, row: InvoiceRow): void {
  unit.changes.put({ workspaceId: workspace.id, topic: 'invoice', id: row.id, body: invoiceDocumentOf(row, catalog, unit.now) })
}
