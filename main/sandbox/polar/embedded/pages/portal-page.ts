import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { moneyText } from '../../../../../shared/billing/money.ts'
import { exactNumber } from '../../../../../shared/billing/rounding.ts'
import { sumBilledMinor } from '../../../../../shared/billing/statement.ts'
import { limitBody } from '../../../http/door.ts'
import type { RouteEnvironment } from '../../../http/environment.ts'
import { Refusal } from '../../../http/failure.ts'
import { formOf } from '../../../http/form.ts'
import { cardEntryOf, cardFields, problemNotice, testCardHint } from './card-form.ts'
import { dateText, type Markup, sendPage } from '../../../pages/page.ts'
import { balanceCents } from '../balance.ts'
import { type CardAnswer, cardWords, tryCard } from '../cards.ts'
import { putCard } from '../checkouts.ts'
import { invoicePath } from './invoice-page.ts'
import { recurringCents } from '../offers.ts'
import { type EmbeddedPolar, hashToken } from '../polar.ts'
import type { PolarUnit } from '../store/polar-store.ts'
import { customerById, findActive } from '../store/records.ts'
import type { OrderItem } from '../wire.ts'
import type { CustomerRow, OrderRow, ProductRow, SubscriptionRow } from '../store/schema.ts'
import { changeItems, changeLater, changeNow, linesOfChange, seatsWith, setCancelled } from '../subscriptions.ts'
import type { PortalAct } from '../portal-door.ts'

/** Everything that the portal shows, read in one transaction. */
type View = {
  token: string
  sessionId: string
  returnUrl: string | null
  now: number
  customer: CustomerRow
  active: { subscription: SubscriptionRow; product: ProductRow } | null
  /** Of the same catalog, from cheap to dear. */
  products: ProductRow[]
  orders: OrderRow[]
  /** In the currency of the subscription. */
  balanceCents: number
  /** Why this session may not change the plan, in words; null: it may. */
  planLocked: string | null
}

const TOKEN = 'customer_session_token'
const ORDERS_SHOWN = 100

/** The customer portal: plan with its change, cancel and resume, the card, the invoices. The token in the address opens it. */
export function portalPage(polar: EmbeddedPolar): Hono<RouteEnvironment> {
  return new Hono<RouteEnvironment>()
    .get('/portal', async (context) => show(context, polar, await loadFor(polar, context)))
    .get('/portal/change', async (context) => {
      const view = await loadFor(polar, context)
      requireUnlocked(view)
      return confirmChange(context, polar, view, offeredProduct(view, context.req.query('product')), null)
    })
    .post('/portal/change', limitBody(), async (context) => {
      const form = await formOf(context)
      const view = await loadFor(polar, context)
      requireUnlocked(view)
      const to = offeredProduct(view, form.product)
      const active = requireActive(view)
      const act: PortalAct = { kind: isUpgrade(active.product, to) ? 'plan' : 'schedule', planId: to.plan }
      const isHeld = isHeldQuote(polar, view, to, form)
      if (!isHeld && polar.isSealed(sealPurpose(view), form.seal)) return confirmChange(context, polar, view, to, STALE)
      return await change(context, polar, form, act, async (unit, current) => {
        const parts = { ...requireActive(current), customer: current.customer }
        // What was shown is what is done: between the look at it and this transaction nothing else may have come.
        if (!isHeldQuote(polar, current, to, form)) throw new Refusal('quote_changed', STALE, 'Open the portal again and look at the new amount.')
        if (isUpgrade(parts.product, to)) await changeNow(unit, polar.outbox, parts, to)
        else await changeLater(unit, polar.outbox, parts, to)
      })
    })
    .post('/portal/keep', limitBody(), async (context) =>
      change(context, polar, await formOf(context), { kind: 'unschedule' }, async (unit, view) => {
        const active = requireActive(view)
        await changeLater(unit, polar.outbox, { ...active, customer: view.customer }, active.product)
      }),
    )
    .post('/portal/cancel', limitBody(), async (context) =>
      change(context, polar, await formOf(context), { kind: 'cancel' }, async (unit, view) => await cancel(unit, polar, view, true)),
    )
    .post('/portal/resume', limitBody(), async (context) =>
      change(context, polar, await formOf(context), { kind: 'resume' }, async (unit, view) => await cancel(unit, polar, view, false)),
    )
    .post('/portal/card', limitBody(), async (context) => {
      const form = await formOf(context)
      const answer = tryCard(cardEntryOf(form), polar.clock.now())
      if (answer.kind !== 'accepted') {
        const view = await polar.write((unit) => authorised(unit, polar, context, form))
        return show(context, polar, { ...view, planLocked: (await polar.door?.whyLocked(view.sessionId)) ?? null }, answer)
      }
      return await perform(context, polar, form, async (unit, view) => {
        await putCard(unit, view.customer.id, answer.card)
        if (view.active !== null)
          await polar.outbox.subscriptionMoved(unit, { ...view.active, customer: await customerById(unit, view.customer.id) }, ['subscription.updated'])
      })
    })
}

/** What the portal shows, with the rights of whoever opened it. */
async function loadFor(polar: EmbeddedPolar, context: Context): Promise<View> {
  const view = await polar.write((unit) => load(unit, context.req.query(TOKEN)))
  return { ...view, planLocked: (await polar.door?.whyLocked(view.sessionId)) ?? null }
}

/** Something about the plan: only in a session that may, and told of before it is done. */
async function change(
  context: Context,
  polar: EmbeddedPolar,
  form: Record<string, string>,
  act: PortalAct,
  work: (unit: PolarUnit, view: View) => Promise<void>,
): Promise<Response> {
  const view = await loadFor(polar, context)
  requireUnlocked(view)
  requireActive(view)
  if (polar.isSealed(sealPurpose(view), form.seal)) await polar.door?.announce(view.sessionId, act)
  return await perform(context, polar, form, work)
}

function requireUnlocked({ planLocked }: View): void {
  if (planLocked !== null) throw new Refusal('forbidden', planLocked, 'Ask a member whose role may do this.', { reason: planLocked })
}

function requireActive({ active }: View): NonNullable<View['active']> {
  if (active === null) throw noSubscription()
  return active
}

async function load(unit: PolarUnit, token: string | undefined): Promise<View> {
  const session =
    token === undefined ? undefined : await unit.tx.selectFrom('customer_sessions').selectAll().where('token_hash', '=', hashToken(token)).executeTakeFirst()
  if (token === undefined || session === undefined || session.expires_at <= unit.now) {
    throw new Refusal('portal_closed', 'This link to the customer portal is not good any more.', 'Click Manage subscription in Tidemark to open it anew.')
  }
  const customer = await customerById(unit, session.customer_id)
  const active = await findActive(unit, customer.id)
  const products =
    active === null
      ? []
      : await unit.tx
          .selectFrom('products')
          .selectAll()
          .where('catalog', '=', active.product.catalog)
          .where('kind', '=', 'plan')
          .orderBy('price_cents')
          .execute()
  const orders = await unit.tx
    .selectFrom('orders')
    .selectAll()
    .where('customer_id', '=', customer.id)
    .orderBy('created_at', 'desc')
    .orderBy('invoice_number', 'desc')
    .limit(ORDERS_SHOWN)
    .execute()
  return {
    token,
    sessionId: session.id,
    returnUrl: session.return_url,
    now: unit.now,
    customer,
    active,
    products,
    orders,
    balanceCents: active === null ? 0 : await balanceCents(unit, customer.id, active.product.currency),
    planLocked: null,
  }
}

/** A form counts only with the seal of this very session in it. */
async function authorised(unit: PolarUnit, polar: EmbeddedPolar, context: Context, form: Record<string, string>): Promise<View> {
  const view = await load(unit, context.req.query(TOKEN))
  if (!polar.isSealed(sealPurpose(view), form.seal))
    throw new Refusal('foreign_form', 'This form was not made for this portal.', 'Open the portal again from Tidemark.')
  return view
}

/** Does what a form asks, and shows the portal anew. */
async function perform(
  context: Context,
  polar: EmbeddedPolar,
  form: Record<string, string>,
  work: (unit: PolarUnit, view: View) => Promise<void>,
): Promise<Response> {
  const token = await polar.write(async (unit) => {
    const view = await authorised(unit, polar, context, form)
    await work(unit, view)
    return view.token
  })
  return context.redirect(`/polar/portal?${TOKEN}=${encodeURIComponent(token)}`, 303)
}

async function cancel(unit: PolarUnit, polar: EmbeddedPolar, view: View, cancelled: boolean): Promise<void> {
  if (view.active === null) throw noSubscription()
  await setCancelled(unit, polar.outbox, { ...view.active, customer: view.customer }, cancelled)
}

function show(context: Context, polar: EmbeddedPolar, view: View, cardAnswer: CardAnswer | null = null): Response | Promise<Response> {
  const problem = cardAnswer === null || cardAnswer.kind === 'accepted' ? null : cardAnswer.message
  return sendPage(
    context,
    polar.origin,
    {
      title: 'Customer portal',
      maker: 'Polar sandbox',
      wide: true,
      body: html`<h1>Customer portal</h1>
<p class="quiet">${view.customer.name ?? view.customer.external_id}, ${view.customer.email}</p>
${subscriptionCard(polar, view)}
${paymentCard(polar, view, cardAnswer, problem)}
${invoicesCard(polar, view)}`,
      ...(view.returnUrl === null ? {} : { footer: html`<a href="${view.returnUrl}">Leave the portal</a>` }),
    },
    problem === null ? 200 : cardAnswer?.kind === 'declined' ? 402 : 422,
  )
}

function subscriptionCard(polar: EmbeddedPolar, view: View): Markup {
  if (view.active === null) {
    return html`<section class="card" aria-labelledby="subscription"><h2 id="subscription">Subscription</h2><p>There is no subscription. Start one with Upgrade in Tidemark.</p></section>`
  }
  const { subscription, product } = view.active
  const pending = view.products.find(({ id }) => id === subscription.pending_product_id)
  const ends = subscription.cancel_at_period_end === 1
  const until = dateText(subscription.current_period_end)
  const others = view.products.filter(({ id }) => id !== product.id)
  return html`<section class="card" aria-labelledby="subscription">
<h2 id="subscription">Subscription</h2>
<p class="amount">${product.name} <span class="quiet">${moneyText({ amountMinor: recurringCents(product, subscription.seats), currency: product.currency })} per ${product.recurring_interval}${subscription.seats === 0 ? '' : html`, ${subscription.seats} more seats included`}</span></p>
${ends ? html`<p class="notice">Cancelled. It ends on ${until}.</p>` : html`<p class="quiet">Renews on ${until}.</p>`}
${pending === undefined || ends ? '' : html`<div class="notice"><p>Changes to ${pending.name} on ${until}.</p>${view.planLocked === null ? actionForm(polar, view, 'keep', `Keep ${product.name}`, 'second') : ''}</div>`}
${view.balanceCents === 0 ? '' : html`<p class="quiet">Your balance: ${moneyText({ amountMinor: view.balanceCents, currency: product.currency })}, used with the next invoice.</p>`}
${view.planLocked === null ? '' : html`<p class="quiet">${view.planLocked}</p>`}
${ends || view.planLocked !== null ? '' : html`<ul class="plain">${others.map((other) => html`<li><span>${other.name} <span class="quiet">${price(other)} per ${other.recurring_interval}</span></span>${changeLink(view, product, other)}</li>`)}</ul><hr>`}
${
  view.planLocked !== null
    ? ''
    : html`<div class="actions">
${ends ? actionForm(polar, view, 'resume', 'Resume subscription', 'button') : actionForm(polar, view, 'cancel', 'Cancel at the end of the period', 'second')}
</div>`
}
</section>`
}

function changeLink(view: View, from: ProductRow, to: ProductRow): Markup {
  const query = new URLSearchParams({ [TOKEN]: view.token, product: to.id })
  return html`<a class="button second" href="/polar/portal/change?${query.toString()}">${isUpgrade(from, to) ? 'Upgrade' : 'Change'} to ${to.name}</a>`
}

function confirmChange(context: Context, polar: EmbeddedPolar, view: View, to: ProductRow, problem: string | null): Response | Promise<Response> {
  const { product, subscription } = requireActive(view)
  const money = (amountMinor: number): string => moneyText({ amountMinor, currency: product.currency })
  const { items, dueCents, settledCents } = quoteOf(view, to)
  const afterwards = `${money(recurringCents(to, seatsWith(to, subscription.seats)))} per ${to.recurring_interval}`
  const details = isUpgrade(product, to)
    ? html`<dl>
${items.map(({ label, amount_cents: cents }) => html`<dt>${label}</dt><dd>${money(cents)}</dd>`)}
<dt>Tax</dt><dd>${money(0)}</dd>
${settledCents === 0 ? '' : html`<dt>${settledCents < 0 ? 'Paid from your balance' : 'Kept in your balance'}</dt><dd>${money(settledCents)}</dd>`}
<dt class="total">Due now</dt><dd class="total">${money(dueCents)}</dd>
</dl>
<p class="quiet">From ${dateText(subscription.current_period_end)} on: ${afterwards}.</p>`
    : html`<p>Nothing is due now. ${product.name} runs until ${dateText(subscription.current_period_end)}, then ${to.name} begins for ${afterwards}.</p>`
  const title = `Change to ${to.name}`
  const label = isUpgrade(product, to) ? `Pay ${money(dueCents)} and change` : `Change on ${dateText(subscription.current_period_end)}`
  return sendPage(
    context,
    polar.origin,
    {
      title,
      maker: 'Polar sandbox',
      body: html`<div class="card">
<h1>${title}</h1>
${problemNotice(problem)}
${details}
<div class="actions">
${actionForm(polar, view, 'change', label, 'button', { product: to.id, ...sealedQuote(polar, view, to) })}
<a href="/polar/portal?${TOKEN}=${encodeURIComponent(view.token)}">Back</a>
</div>
</div>`,
    },
    problem === null ? 200 : 409,
  )
}

const STALE = 'The amount or your plan has changed since this page was opened. Nothing was charged. Look at it again before you confirm.'
const QUOTE_MS = 10 * 60_000

/** What a change to that product costs at an instant: the lines of the order, and what the balance settles of it. */
function quoteOf(view: View, to: ProductRow, atMs = view.now): { items: OrderItem[]; dueCents: number; settledCents: number } {
  const { product, subscription } = requireActive(view)
  if (!isUpgrade(product, to)) return { items: [], dueCents: 0, settledCents: 0 }
  const lines = linesOfChange({ product, subscription }, { product: to, seats: seatsWith(to, subscription.seats) }, atMs)
  const net = exactNumber(sumBilledMinor(lines))
  const settledCents = net < 0 ? -net : -Math.min(view.balanceCents, net)
  return { items: changeItems(lines, [product, to]), dueCents: net + settledCents, settledCents }
}

/** What the page was made from, sealed: a page that has stood open confirms nothing else. */
function sealedQuote(polar: EmbeddedPolar, view: View, to: ProductRow): { quoted_at: string; quoted_due: string; quote: string } {
  const { dueCents } = quoteOf(view, to)
  return { quoted_at: String(view.now), quoted_due: String(dueCents), quote: polar.seal(quotePurpose(view, to, view.now, dueCents)) }
}

/** Whether the quote in a form still holds: the same subscription as it was, less than ten minutes, and an amount that only the seconds have moved, never upwards. */
function isHeldQuote(polar: EmbeddedPolar, view: View, to: ProductRow, form: Record<string, string>): boolean {
  const [atMs, dueCents] = [Number(form.quoted_at), Number(form.quoted_due)]
  if (view.active === null || !polar.isSealed(quotePurpose(view, to, atMs, dueCents), form.quote)) return false
  return view.now < atMs + QUOTE_MS && quoteOf(view, to, atMs).dueCents === dueCents && quoteOf(view, to).dueCents <= dueCents
}

function quotePurpose(view: View, to: ProductRow, atMs: number, dueCents: number): string {
  const { subscription, product } = requireActive(view)
  const { seats, pending_product_id: pending, cancel_at_period_end: cancelled } = subscription
  return `quote:${view.sessionId}:${JSON.stringify([subscription.id, product.id, seats, pending, cancelled, to.id, atMs, dueCents])}`
}

function paymentCard(polar: EmbeddedPolar, view: View, answer: CardAnswer | null, problem: string | null): Markup {
  const { card_brand: brand, card_last4: last4 } = view.customer
  return html`<section class="card" aria-labelledby="payment">
<h2 id="payment">Payment method</h2>
<p>${brand === null || last4 === null ? 'No card on file.' : cardWords({ brand, last4 })}</p>
${problemNotice(problem)}
<details${problem === null ? '' : ' open'}>
<summary>${brand === null ? 'Add a card' : 'Change the card'}</summary>
<form method="post" action="/polar/portal/card?${TOKEN}=${encodeURIComponent(view.token)}" novalidate>
<input type="hidden" name="seal" value="${polar.seal(sealPurpose(view))}">
${cardFields(answer)}
<button type="submit">Save card</button>
</form>
<div class="below">${testCardHint}</div>
</details>
</section>`
}

function invoicesCard(polar: EmbeddedPolar, { orders }: View): Markup {
  if (orders.length === 0) return html`<section class="card" aria-labelledby="invoices"><h2 id="invoices">Invoices</h2><p class="quiet">None yet.</p></section>`
  return html`<section class="card" aria-labelledby="invoices">
<h2 id="invoices">Invoices</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Invoice table"><table>
<thead><tr><th scope="col">Number</th><th scope="col">Date</th><th scope="col">For</th><th scope="col" class="number">Amount</th><th scope="col">Status</th><th scope="col">Invoice</th></tr></thead>
<tbody>
${orders.map((order) => {
  const path = invoicePath(polar, order.id)
  return html`<tr><td>${order.invoice_number}</td><td>${dateText(order.created_at)}</td><td class="wrap">${order.description}</td>
<td class="number">${moneyText({ amountMinor: order.amount_cents, currency: order.currency })}</td><td>${order.status === 'paid' ? 'Paid' : order.status}</td>
<td><a href="${path}">View</a> <a href="${path}&amp;download" aria-label="Download ${order.invoice_number}">Download</a></td></tr>`
})}
</tbody>
</table></div>
</section>`
}

function actionForm(
  polar: EmbeddedPolar,
  view: View,
  action: 'cancel' | 'resume' | 'keep' | 'change',
  label: string,
  look: string,
  fields: Record<string, string> = {},
): Markup {
  return html`<form method="post" action="/polar/portal/${action}?${TOKEN}=${encodeURIComponent(view.token)}">
<input type="hidden" name="seal" value="${polar.seal(sealPurpose(view))}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit" class="${look}">${label}</button>
</form>`
}

function isUpgrade(from: ProductRow, to: ProductRow): boolean {
  return to.price_cents > from.price_cents
}

function offeredProduct(view: View, id: string | undefined): ProductRow {
  const product = view.products.find((candidate) => candidate.id === id)
  if (product === undefined || product.id === view.active?.product.id) throw noSuchPlan()
  return product
}

function price(product: ProductRow): string {
  return moneyText({ amountMinor: product.price_cents, currency: product.currency })
}

function sealPurpose({ sessionId }: View): string {
  return `portal:${sessionId}`
}

function noSubscription(): Refusal {
  return new Refusal('no_subscription', 'There is no subscription to change.', 'Start one with Upgrade in Tidemark.')
}

function noSuchPlan(): Refusal {
  return new Refusal('unknown_plan', 'There is no such plan to change to.', 'Choose one of those that the portal shows.')
}
