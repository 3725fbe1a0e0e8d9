import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { moneyText } from '../../../shared/billing/money.ts'
import { limitBody } from '../http/door.ts'
import type { RouteEnvironment } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { openAccount } from '../meter/open-account.ts'
import { type Markup, sendPage } from '../pages/page.ts'
import type { CheckoutRow } from '../store/purchase-tables.ts'
import { afterwards, costOfChange, purchaseOf, purchaseWords, recurringCents } from '../purchases/purchase.ts'
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
      return await confirmation(context, platform, row, null)
    })
    .post('/checkout/change/:id', limitBody(), async (context) => {
      // The key in the link is what a foreign page cannot know; it guards the form as well.
      const row = await find(await payments.findBySecret(context.req.query('key') ?? ''))
      if (row.id !== context.req.param('id')) throw notFound('checkout here', 'Start a new one from Tidemark.')
      if (row.status === 'open' && row.expires_at > platform.clock.now()) {
        const problem = await payments.confirmChange(row)
        if (problem !== null) return await confirmation(context, platform, row, problem)
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
      ? [row.product === 'plan' ? `You are on ${name} now` : `Paid: ${name}`, 'Go back to Tidemark: what was held is leaving.']
      : ['Payment received', `${name} will be in force in a moment. Go back to Tidemark: it shows when it is.`]
  return await sendPage(context, platform.origin, {
    title,
    maker: MAKER,
    note: platform.moneyNote,
    body: html`<div class="card"><h1>${title}</h1>${paid ? html`<p class="notice good" role="status">${text}</p>` : html`<p>${text}</p>`}${backLink(row)}</div>`,
    footer: html`You may close this page.`,
  })
}

async function confirmation(context: Context, platform: Platform, row: CheckoutRow, problem: string | null): Promise<Response> {
  const { from, name, due, next, period, isSame } = await platform.store.write(async (unit) => {
    const account = await openAccount(unit, row.workspace_id)
    const purchase = purchaseOf(row, account.catalog)
    const { plan, seats } = afterwards(account, purchase)
    return {
      from: account.plan.name,
      name: purchaseWords(purchase),
      due: costOfChange(account, purchase, unit.now).dueCents,
      next: recurringCents(plan, seats) ?? 0,
      period: account.plan.interval,
      isSame: plan.id === account.plan.id && seats === account.workspace.seats,
    }
  })
  const isOpen = row.status === 'open' && row.expires_at > platform.clock.now() && !isSame
  const money = (amountMinor: number): string => moneyText({ amountMinor, currency: row.currency })
  const title = !isOpen ? 'This change is closed' : row.product === 'seats' ? `Change to ${name} on ${from}` : `Change from ${from} to ${name}`
  const body = isOpen
    ? html`<p class="amount">${money(Math.max(0, due))} <span class="quiet">due now</span></p>
<p class="quiet">The rest of this ${period}, less what is unused of what you have. From the next ${period} on: ${money(next)}. ${due < 0 ? html`${money(-due)} are kept as credit.` : 'The card on file is charged.'}</p>
${problem === null ? '' : html`<p class="notice bad" role="alert">${problem}</p>`}
<form method="post"><div class="actions"><button type="submit">${due > 0 ? `Pay ${money(due)} and change` : 'Change'}</button>
<a href="/checkout/cancelled?key=${context.req.query('key') ?? ''}">Cancel</a></div></form>`
    : html`<p>Nothing is left to do here.</p>${backLink(row)}`
  return await sendPage(
    context,
    platform.origin,
    { title, maker: MAKER, note: platform.moneyNote, body: html`<div class="card"><h1>${title}</h1>${body}</div>` },
    problem === null ? 200 : 402,
  )
}

/** Shown, never opened by itself: a browser asks before it leaves for another program. */
function backLink({ id }: CheckoutRow): Markup {
  return html`<p><a class="button" href="tidemark://checkout/${encodeURIComponent(id)}">Open Tidemark</a></p>`
}
