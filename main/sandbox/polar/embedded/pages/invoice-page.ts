import { Hono } from 'hono'
import { html } from 'hono/html'
import { moneyText } from '../../../../../shared/billing/money.ts'
import type { RouteEnvironment } from '../../../http/environment.ts'
import { notFound } from '../../../http/failure.ts'
import { dateText, sendPage } from '../../../pages/page.ts'
import type { EmbeddedPolar } from '../polar.ts'
import { findOrder } from '../store/records.ts'
import type { OrderItem } from '../wire.ts'

/** The address of an invoice; the seal in it is what opens it, as in the links that Polar gives. */
export function invoicePath(polar: EmbeddedPolar, orderId: string): string {
  return `/polar/invoices/${orderId}?seal=${polar.seal(`invoice:${orderId}`)}`
}

export function invoicePage(polar: EmbeddedPolar): Hono<RouteEnvironment> {
  return new Hono<RouteEnvironment>().get('/invoices/:id', async (context) => {
    const id = context.req.param('id')
    if (!polar.isSealed(`invoice:${id}`, context.req.query('seal'))) throw notFound('invoice here', 'Open it from the customer portal.')
    const parts = await polar.write((unit) => findOrder(unit, id))
    if (parts === null) throw notFound('invoice here', 'Open it from the customer portal.')
    const { order, customer } = parts
    const items: OrderItem[] = JSON.parse(order.items)
    const money = (amountMinor: number): string => moneyText({ amountMinor, currency: order.currency })
    if (context.req.query('download') !== undefined) context.header('Content-Disposition', `attachment; filename="${order.invoice_number}.html"`)
    return sendPage(context, polar.origin, {
      title: `Invoice ${order.invoice_number}`,
      maker: 'Polar sandbox',
      wide: true,
      body: html`<div class="card">
<h1>Invoice ${order.invoice_number}</h1>
<p class="quiet">${order.description}</p>
<dl>
<dt>Billed to</dt><dd>${customer.name ?? customer.email}</dd>
<dt>E-mail</dt><dd>${customer.email}</dd>
<dt>Date</dt><dd>${dateText(order.created_at)}</dd>
<dt>Period</dt><dd>${dateText(order.period_start)} to ${dateText(order.period_end)}</dd>
<dt>Status</dt><dd>${order.status === 'paid' ? 'Paid' : order.status}</dd>
</dl>
<div class="scroll" tabindex="0" role="region" aria-label="Invoice table"><table>
<thead><tr><th scope="col">Item</th><th scope="col" class="number">Amount</th></tr></thead>
<tbody>
${items.map(({ label, amount_cents: amount }) => html`<tr><td>${label}</td><td class="number">${money(amount)}</td></tr>`)}
<tr><td>Tax</td><td class="number">${money(0)}</td></tr>
<tr><td>Total</td><td class="number">${money(order.amount_cents)}</td></tr>
${order.applied_credit_cents === 0 ? '' : html`<tr><td>${order.applied_credit_cents > 0 ? 'Paid from your balance' : 'Kept in your balance'}</td><td class="number">${money(-order.applied_credit_cents)}</td></tr>`}
<tr class="total"><td>Charged</td><td class="number">${money(order.due_cents)}</td></tr>
</tbody>
</table></div>
</div>`,
    })
  })
}
