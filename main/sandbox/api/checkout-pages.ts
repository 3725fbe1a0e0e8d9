import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { moneyText } from '../../../shared/billing/money.ts'
import { limitBody } from '../http/door.ts'
import type { RouteEnvironment } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { formOf } from '../http/form.ts'
import { invoiceDocumentOf } from '../invoices/invoice-document.ts'
import { openAccount } from '../meter/open-account.ts'
import { type Markup, sendPage } from '../pages/page.ts'
import type { CheckoutRow } from '../store/purchase-tables.ts'
import { afterwards, purchaseOf, purchaseWords, recurringCents } from '../purchases/purchase.ts'
import type { Quote } from '../purchases/quotes.ts'
import type { Platform } from '../platform.ts'

const MAKER = 'Tidemark platform'

/** The pages on which a checkout ends, and the one that confirms a change between paid plans. None needs a sign-in: their link does. */
export function checkoutPages(platform: Platform): Hono<RouteEnvironment> {
  const { payments } = platform

  const find = async (row: CheckoutRow | undefined): Promise<CheckoutRow> => {
    if (row === undefined) throw notFound('checkout here', 'Start a new one from Tidemark.')
    return row
  }

  return new Hono<RouteEnvironment>()
    .get('/checkout/success', async (context) => {
      const id = context.req.query('checkout_id') ?? ''
      const row = await find(await payments.find(id))
      if (row.applied === 0) await payments.look(row.workspace_id)
      return success(context, platform, await find(await payments.find(id)))
    })
    .get('/checkout/cancelled', async (context) => {
      const row = await find(await payments.findBySecret(context.req.query('key') ?? ''))
      await payments.markCancelled(row.id)
      const title = 'The checkout was cancelled'
      return sendPage(context, platform.origin, {
        title,
        maker: MAKER,
        note: platform.moneyNote,
        body: html`<div class="card"><h1>${title}</h1><p>Nothing was charged. Your plan is as it was.</p>${backLink(row)}</div>`,
      })
    })
    .get('/checkout/change/:id', async (context) => {
      const row = await find(await payments.findBySecret(context.req.query('key') ?? ''))
      if (row.id !== context.req.param('id')) throw notFound('checkout here', 'Start a new one from Tidemark.')
      return await confirmation(context, platform, row, null, null)
    })
    .post('/checkout/change/:id', limitBody(), async (context) => {
      // The key in the link is what a foreign page cannot know; it guards the form as well.
      const row = await find(await payments.findBySecret(context.req.query('key') ?? ''))
      if (row.id !== context.req.param('id')) throw notFound('checkout here', 'Start a new one from Tidemark.')
      if (row.status === 'open' && row.expires_at > platform.clock.now()) {
        const { quote_id: quoteId = '' } = await formOf(context)
        const outcome = await payments.confirmChange(row, quoteId)
        if (outcome.kind === 'declined') return await confirmation(context, platform, row, { text: outcome.problem, status: 402 }, null)
        if (outcome.kind === 'changed') {
          const text = 'The amount or your plan has changed since this page was opened. Nothing was charged. Look at it again before you confirm.'
          return await confirmation(context, platform, await find(await payments.find(row.id)), { text, status: 409 }, outcome.quote)
        }
      }
      return context.redirect(`/checkout/success?checkout_id=${encodeURIComponent(row.id)}`, 303)
    })
}

async function nameOf(platform: Platform, row: CheckoutRow): Promise<string> {
  return await platform.store.write(async (unit) => purchaseWords(purchaseOf(row, (await openAccount(unit, row.workspace_id)).catalog)))
}

async function success(context: Context, platform: Platform, row: CheckoutRow): Promise<Response> {
  const name = await nameOf(platform, row)
  const paid = row.status === 'succeeded' || row.status === 'confirmed'
  const [title, text] = !paid
    ? ['Nothing was paid yet', 'This checkout is not paid. Go back to it, or to Tidemark.']
    : row.applied === 1
      ? [row.product === 'plan' ? `You are on ${name} now` : `Paid: ${name}`, 'Go back to Tidemark: the new limits apply there now.']
      : ['Payment received', `${name} will be in force in a moment. Go back to Tidemark: it shows when it is.`]
  return await sendPage(context, platform.origin, {
    title,
    maker: MAKER,
    note: platform.moneyNote,
    body: html`<div class="card"><h1>${title}</h1>${paid ? html`<p class="notice good" role="status">${text}</p>` : html`<p>${text}</p>`}${await receipt(platform, row)}${backLink(row)}</div>`,
    footer: html`You may close this page.`,
  })
}

/** The lines of the order itself, once it is there. */
async function receipt({ store }: Platform, { order_id: orderId, workspace_id: workspaceId }: CheckoutRow): Promise<Markup | ''> {
  if (orderId === null) return ''
  const row = await store.read.selectFrom('invoices').selectAll().where('id', '=', orderId).executeTakeFirst()
  if (row === undefined) return ''
  const { catalog } = await store.read.selectFrom('workspaces').select('catalog').where('id', '=', workspaceId).executeTakeFirstOrThrow()
  const {
    lines = [],
    tax_cents: tax = 0,
    balance_cents: balance = 0,
    due_cents: due = 0,
    number,
    currency,
  } = invoiceDocumentOf(row, store.catalogs.named(catalog), store.now())
  const settled = balance === 0 ? [] : [{ label: balance < 0 ? 'Paid from your balance' : 'Kept in your balance', amount_cents: balance }]
  const shown = [
    ...lines.map(({ description: label, amount_cents: cents }) => ({ label, amount_cents: cents })),
    { label: 'Tax', amount_cents: tax },
    ...settled,
  ]
  return html`<h2>Receipt ${number}</h2>${linesOf(shown, currency, ['Charged', due])}`
}

type Problem = { text: string; status: 402 | 409 }

/** @param quoted what was just quoted; null: what the page was opened with, or what it costs now. */
async function confirmation(context: Context, platform: Platform, row: CheckoutRow, problem: Problem | null, quoted: Quote | null): Promise<Response> {
  const isOpen = row.status === 'open' && row.expires_at > platform.clock.now()
  const shown = !isOpen ? null : quoted === null ? await platform.payments.quoteOfChange(row) : { quote: quoted, isNew: true }
  const { from, name, next, period } = await platform.store.write(async (unit) => {
    const account = await openAccount(unit, row.workspace_id)
    const purchase = purchaseOf(row, account.catalog)
    const { plan, seats } = afterwards(account, purchase)
    return { from: account.plan.name, name: purchaseWords(purchase), next: recurringCents(plan, seats) ?? 0, period: account.plan.interval }
  })
  const money = (amountMinor: number): string => moneyText({ amountMinor, currency: row.currency })
  const title = shown === null ? 'This change is closed' : row.product === 'seats' ? `Change to ${name} on ${from}` : `Change from ${from} to ${name}`
  const due = shown?.quote.due_cents ?? 0
  const body =
    shown === null
      ? html`${noticeOf(problem)}<p>Nothing is left to do here. You are on ${from}.</p>${backLink(row)}`
      : html`<p class="amount">${money(due)} <span class="quiet">due now</span></p>
${linesOf(shown.quote.lines, row.currency, ['Due now', due])}
<p class="quiet">From the next ${period} on: ${money(next)}. ${due > 0 ? 'The card on file is charged.' : 'Nothing is charged.'}</p>
${noticeOf(problem)}${problem === null && shown.isNew ? html`<p class="notice" role="status">This is what it costs now.</p>` : ''}
<form method="post"><input type="hidden" name="quote_id" value="${shown.quote.quote_id}"><div class="actions"><button type="submit">${due > 0 ? `Pay ${money(due)} and change` : 'Change'}</button>
<a href="/checkout/cancelled?key=${context.req.query('key') ?? ''}">Cancel</a></div></form>`
  return await sendPage(
    context,
    platform.origin,
    { title, maker: MAKER, note: platform.moneyNote, body: html`<div class="card"><h1>${title}</h1>${body}</div>` },
    problem?.status ?? 200,
  )
}

function noticeOf(problem: Problem | null): Markup | '' {
  return problem === null ? '' : html`<p class="notice bad" role="alert">${problem.text}</p>`
}

/** Lines under each other, with what they come to. */
function linesOf(lines: readonly { label: string; amount_cents: number }[], currency: string, [name, amountMinor]: readonly [string, number]): Markup {
  const money = (minor: number): string => moneyText({ amountMinor: minor, currency }, 'en-US', 'always')
  return html`<dl>
${lines.map(({ label, amount_cents: cents }) => html`<dt>${label}</dt><dd>${money(cents)}</dd>`)}
<dt class="total">${name}</dt><dd class="total">${money(amountMinor)}</dd>
</dl>`
}

/** Shown, never opened by itself: a browser asks before it leaves for another program. */
function backLink({ id }: CheckoutRow): Markup {
  return html`<p><a class="button" href="tidemark://checkout/${encodeURIComponent(id)}">Open Tidemark</a></p>`
}
