import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { moneyText } from '../../../../../shared/billing/money.ts'
import { limitBody } from '../../../http/door.ts'
import type { RouteEnvironment } from '../../../http/environment.ts'
import { notFound, Refusal } from '../../../http/failure.ts'
import { formOf } from '../../../http/form.ts'
import { cardEntryOf, cardFields, problemNotice, testCardHint } from './card-form.ts'
import { dateText, sendPage } from '../../../pages/page.ts'
import { balanceCents } from '../balance.ts'
import { type CardAnswer, tryCard } from '../cards.ts'
import { payCheckout } from '../checkouts.ts'
import type { EmbeddedPolar } from '../polar.ts'
import { type CheckoutParts, findCheckout } from '../store/records.ts'

/** The hosted checkout: plan, amount, e-mail, a card form, a way back. */
export function checkoutPage(polar: EmbeddedPolar): Hono<RouteEnvironment> {
  return new Hono<RouteEnvironment>()
    .get('/checkout/:secret', async (context) => show(context, polar, await load(polar, context.req.param('secret')), null, null))
    .post('/checkout/:secret', limitBody(), async (context) => {
      const parts = await load(polar, context.req.param('secret'))
      const form = await formOf(context)
      if (!polar.isSealed(sealPurpose(parts), form.seal))
        throw new Refusal('foreign_form', 'This form was not made for this checkout.', 'Open the checkout again from Tidemark.')
      const answer = tryCard(cardEntryOf(form), polar.clock.now())
      const outcome = await polar.write(async (unit) => {
        const current = await findCheckout(unit, { id: parts.checkout.id })
        return await payCheckout(unit, polar.outbox, current ?? parts, answer, polar.settleMs)
      })
      if (outcome.kind === 'paid') return context.redirect(outcome.checkout.success_url, 303)
      return show(context, polar, await load(polar, context.req.param('secret')), outcome.message, answer)
    })
}

/** A checkout with what its customer has in that currency. */
type OpenParts = CheckoutParts & { balanceCents: number }

async function load(polar: EmbeddedPolar, clientSecret: string): Promise<OpenParts> {
  const parts = await polar.write(async (unit) => {
    const found = await findCheckout(unit, { clientSecret })
    return found === null ? null : { ...found, balanceCents: await balanceCents(unit, found.customer.id, found.checkout.currency) }
  })
  if (parts === null) throw notFound('checkout here', 'Start a new one from Tidemark.')
  return parts
}

function show(context: Context, polar: EmbeddedPolar, parts: OpenParts, problem: string | null, answer: CardAnswer | null): Response | Promise<Response> {
  const { checkout, product, customer } = parts
  if (checkout.status !== 'open') return showClosed(context, polar, parts)
  const money = (amountMinor: number): string => moneyText({ amountMinor, currency: checkout.currency })
  const amount = money(checkout.amount_cents)
  const settled = Math.min(parts.balanceCents, checkout.amount_cents)
  const due = money(checkout.amount_cents - settled)
  return sendPage(
    context,
    polar.origin,
    {
      title: `Pay for ${product.name}`,
      maker: 'Polar sandbox',
      body: html`<div class="card">
<h1>${product.name}</h1>
<p class="quiet">${product.description}</p>
<p class="amount">${amount} <span class="quiet">${product.recurring_interval === 'once' ? 'once' : `per ${product.recurring_interval}`}</span></p>
<dl>
<dt>Account</dt><dd>${customer.name ?? customer.external_id}</dd>
<dt>E-mail</dt><dd>${customer.email}</dd>
<dt>${product.name}</dt><dd>${amount}</dd>
<dt>Tax</dt><dd>${money(0)}</dd>
${settled === 0 ? '' : html`<dt>Paid from your balance</dt><dd>${money(-settled)}</dd>`}
<dt class="total">Due today</dt><dd class="total">${due}</dd>
</dl>
<hr>
${problemNotice(problem)}
<form method="post" novalidate>
<input type="hidden" name="seal" value="${polar.seal(sealPurpose(parts))}">
${cardFields(answer)}
<button class="whole-width" type="submit">Pay ${due}</button>
</form>
${checkout.return_url === null ? '' : html`<p class="small below"><a href="${checkout.return_url}">Cancel and go back</a></p>`}
${testCardHint}
</div>`,
      footer: html`${product.recurring_interval === 'once' ? 'This is paid once.' : `The subscription renews every ${product.recurring_interval} until it is cancelled.`} This page is open until ${dateText(checkout.expires_at)}.`,
    },
    problem === null ? 200 : answer?.kind === 'declined' ? 402 : 422,
  )
}

const closedWords: Record<'expired' | 'confirmed' | 'succeeded' | 'failed', [title: string, text: string]> = {
  expired: ['This checkout has expired', 'Nothing was charged. Start a new one from Tidemark.'],
  confirmed: ['The payment is on its way', 'Go back to Tidemark: it shows when what you bought is in force.'],
  succeeded: ['This checkout is paid', 'Go back to Tidemark: what you bought is in force there.'],
  failed: ['The payment failed', 'Nothing was charged. Start a new one from Tidemark.'],
}

function showClosed(context: Context, polar: EmbeddedPolar, { checkout, product }: CheckoutParts): Response | Promise<Response> {
  const [title, text] = closedWords[checkout.status === 'open' ? 'failed' : checkout.status]
  const body = html`<div class="card"><h1>${title}</h1><p>${text}</p><p class="quiet small">${product.name}</p></div>`
  return sendPage(context, polar.origin, { title, maker: 'Polar sandbox', body }, checkout.status === 'expired' ? 410 : 200)
}

function sealPurpose({ checkout }: CheckoutParts): string {
  return `checkout:${checkout.id}`
}
