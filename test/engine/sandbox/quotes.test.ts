import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { moneyText } from '../../../shared/billing/money.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { invoicesResponse } from '../../../shared/contract/platform/invoices.ts'
import { previewResponse, type quotedLine } from '../../../shared/contract/platform/purchase.ts'
import { type SandboxFixture, submitForm, withSteppedSandbox } from './fixture.ts'

const CARD = { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' }
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const catalog = 'truss'

type Preview = z.output<typeof previewResponse>

const preview = async (fixture: SandboxFixture, body: object): Promise<Preview> =>
  (await fixture.send(previewResponse, 'POST', '/api/billing/preview', { catalog, body })).value
const open = async (fixture: SandboxFixture, body: object) =>
  (await fixture.send(contract.checkoutResponse, 'POST', '/api/billing/checkout', { catalog, body })).value
const standing = async (fixture: SandboxFixture, id: string) =>
  (await fixture.send(contract.checkoutDocument, 'GET', `/api/billing/checkout/${id}`, { catalog })).value
const newestInvoice = async (fixture: SandboxFixture) => {
  const { value } = await fixture.send(invoicesResponse, 'GET', '/api/billing/invoices', { catalog })
  return value.invoices.toSorted((one, other) => Date.parse(other.issued_at) - Date.parse(one.issued_at) || other.number.localeCompare(one.number))[0]
}

async function pay(fixture: SandboxFixture, body: object): Promise<string> {
  const { id, url } = await open(fixture, body)
  await submitForm(url, url.includes('/polar/') ? CARD : {})
  return id
}

/** Previews, confirms at the same instant, and answers both with the order's invoice and the pages in between. */
async function buyQuoted(fixture: SandboxFixture, body: object) {
  const quoted = await preview(fixture, body)
  const { id, url } = await open(fixture, { ...body, quote_id: quoted.quote_id })
  const page = await (await fetch(url)).text()
  const paid = await submitForm(url, url.includes('/polar/') ? CARD : {})
  const receipt = await (await fetch(new URL(paid.headers.get('location') ?? '', url))).text()
  return { quoted, page, receipt, checkout: await standing(fixture, id), invoice: await newestInvoice(fixture) }
}

const sumOf = (lines: readonly z.output<typeof quotedLine>[] = []): number => lines.reduce((sum, { amount_cents: cents }) => sum + cents, 0)
const money = (amountMinor: number): string => moneyText({ amountMinor, currency: 'usd' }, 'en-US', 'always')

describe('the lines of a quote', () => {
  test('are the order’s to the cent: on preview, confirmation, receipt and invoice', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      clock.step(3 * DAY_MS + 12_345)
      for (const body of [{ booster: 'extra_storage' }, { plan: 'team' }, { seats: 2 }, { seats: 3 }, { seats: 1 }, { plan: 'business' }]) {
        clock.step(DAY_MS + 7_000)
        const { quoted, page, receipt, checkout, invoice } = await buyQuoted(fixture, body)
        const name = JSON.stringify(body)
        const lines = quoted.lines ?? []
        expect(sumOf(lines), name).toBe(quoted.due_cents)
        expect(checkout, name).toMatchObject({ applied: true, amount_cents: quoted.due_cents })
        expect(invoice?.due_cents, name).toBe(quoted.due_cents)
        const ofOrder = lines.filter(({ kind, subject }) => kind !== 'tax' && subject !== 'balance')
        expect(
          invoice?.lines?.map(({ description, amount_cents: cents }) => [description, cents]),
          name,
        ).toEqual(ofOrder.map(({ label, amount_cents: cents }) => [label, cents]))
        for (const { label, amount_cents: cents } of ofOrder) {
          for (const text of [receipt, ...(page.includes('Polar sandbox') ? [] : [page])]) {
            expect(text, name).toContain(`<dt>${label}</dt><dd>${money(cents)}</dd>`)
          }
        }
        expect(receipt, name).toContain(`<dt class="total">Charged</dt><dd class="total">${money(quoted.due_cents ?? -1)}</dd>`)
      }
    })
  })

  test('say what the balance settles: kept with fewer seats, taken by what is bought next', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      await pay(fixture, { plan: 'team' })
      await pay(fixture, { seats: 4 })
      clock.step(2 * DAY_MS)
      const fewer = await buyQuoted(fixture, { seats: 0 })
      const given = fewer.quoted.credit_cents
      expect(given).toBeGreaterThan(3_000)
      expect(fewer.quoted).toMatchObject({ due_cents: 0, due_today_cents: -given })
      expect(fewer.quoted.lines?.at(-1)).toMatchObject({ kind: 'credit', subject: 'balance', label: 'Kept in your balance', amount_cents: given })
      expect(fewer.invoice).toMatchObject({ amount_cents: -given, balance_cents: given, due_cents: 0 })

      const more = await buyQuoted(fixture, { booster: 'extra_storage' })
      expect(more.quoted).toMatchObject({ due_cents: 0, due_today_cents: 0 })
      expect(more.quoted.lines?.at(-1)).toMatchObject({ subject: 'balance', label: 'Paid from your balance', amount_cents: -500 })
      expect(more.page).toContain('Paid from your balance')
      expect(more.page).toContain('Pay $0')
      expect(more.invoice).toMatchObject({ amount_cents: 500, balance_cents: -500, due_cents: 0 })
      // The portal's own invoice says the same.
      const { value: portal } = await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog })
      const page = await (await fetch(portal.url)).text()
      const path = /href="(\/polar\/invoices\/[^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
      const invoice = await (await fetch(new URL(path, portal.url))).text()
      expect(invoice).toContain('<td>Paid from your balance</td><td class="number">-$5</td>')
      expect(invoice).toContain('<td>Charged</td><td class="number">$0</td>')
    })
  })
})

describe('a quote is confirmed', () => {
  const QUOTE_CHANGED = { status: 409, error: { code: 'quote_changed' } }
  const confirm = (fixture: SandboxFixture, body: object) => fixture.refused('POST', '/api/billing/checkout', { catalog, body })

  test('within ten minutes, for what was quoted, and else answered with a new quote', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const quoted = await preview(fixture, { plan: 'team' })
      expect(quoted.from).toEqual({ plan: 'pro', seats: 0, boosters: [], pending_change: null, cancel_at: null })
      expect(Date.parse(quoted.expires_at ?? '') - clock.now()).toBe(10 * MINUTE_MS)
      // Of another thing, and of nobody.
      expect(await confirm(fixture, { plan: 'business', quote_id: quoted.quote_id })).toMatchObject(QUOTE_CHANGED)
      expect(await confirm(fixture, { plan: 'team', quote_id: '0190c2a0-0000-7000-8000-000000000001' })).toMatchObject(QUOTE_CHANGED)
      clock.step(10 * MINUTE_MS - 1)
      await open(fixture, { plan: 'team', quote_id: quoted.quote_id })
      clock.step(1)
      const late = await confirm(fixture, { plan: 'team', quote_id: quoted.quote_id })
      expect(late).toMatchObject(QUOTE_CHANGED)
      const { quote_id: anew } = previewResponse.pick({ quote_id: true }).parse(late.error.quote)
      await open(fixture, { plan: 'team', quote_id: anew })
    })
  })

  test('as long as plan, seats, boosters and what follows the plan are as quoted', async () => {
    await withSteppedSandbox(async (fixture) => {
      const before = await preview(fixture, { plan: 'business' })
      await pay(fixture, { booster: 'extra_storage' })
      expect(await confirm(fixture, { plan: 'business', quote_id: before.quote_id })).toMatchObject(QUOTE_CHANGED)
      const withBooster = await preview(fixture, { plan: 'business' })
      await pay(fixture, { plan: 'team' })
      expect(await confirm(fixture, { plan: 'business', quote_id: withBooster.quote_id })).toMatchObject(QUOTE_CHANGED)
      const onTeam = await preview(fixture, { plan: 'business' })
      await pay(fixture, { seats: 1 })
      expect(await confirm(fixture, { plan: 'business', quote_id: onTeam.quote_id })).toMatchObject(QUOTE_CHANGED)
      const withSeat = await preview(fixture, { plan: 'business' })
      const { value: portal } = await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog })
      await submitForm(portal.url, {}, { action: '/cancel' })
      expect(await confirm(fixture, { plan: 'business', quote_id: withSeat.quote_id })).toMatchObject(QUOTE_CHANGED)
    })
  })

  test('a page that stood open while a larger plan was bought elsewhere changes nothing', async () => {
    await withSteppedSandbox(async (fixture) => {
      const stale = await open(fixture, { plan: 'team' })
      const form = await (await fetch(stale.url)).text()
      await pay(fixture, { plan: 'business' })
      const quoteId = /name="quote_id" value="([^"]+)"/.exec(form)?.[1] ?? ''
      const answer = await fetch(stale.url, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ quote_id: quoteId }),
        headers: { Origin: fixture.sandbox.url },
      })
      // Its twin was closed when the other was paid.
      expect([answer.status, answer.headers.get('location')]).toEqual([303, `/checkout/success?checkout_id=${stale.id}`])
      expect((await fixture.plan({ catalog })).plan.id).toBe('business')
      expect(await standing(fixture, stale.id)).toMatchObject({ status: 'expired', applied: false })
      expect(await (await fetch(stale.url)).text()).toContain('This change is closed')
    })
  })

  test('a confirmation page whose amount is another one now shows it, and charges nothing before it is confirmed', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const { id, url } = await open(fixture, { plan: 'team' })
      const form = await (await fetch(url)).text()
      const quoteId = /name="quote_id" value="([^"]+)"/.exec(form)?.[1] ?? ''
      clock.step(11 * MINUTE_MS)
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ quote_id: quoteId }),
        headers: { Origin: fixture.sandbox.url },
      })
      expect(answer.status).toBe(409)
      expect(await answer.text()).toContain('Nothing was charged')
      expect((await fixture.plan({ catalog })).plan.id).toBe('pro')
      await submitForm(url, {})
      expect(await standing(fixture, id)).toMatchObject({ applied: true })
    })
  })

  test('the portal confirms what its page said, and nothing else', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const { value: portal } = await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog })
      const link = async (name: string): Promise<string> => {
        const page = await (await fetch(portal.url)).text()
        const path = [...page.matchAll(/href="(\/polar\/portal\/change[^"]*)">[^<]* to ([^<]*)</g)].find(([, , plan]) => plan?.endsWith(name))?.[1]
        return new URL(path?.replaceAll('&amp;', '&') ?? '', portal.url).href
      }
      const toTeam = await link('Team')
      const page = await (await fetch(toTeam)).text()
      const quoted = await preview(fixture, { plan: 'team' })
      expect(page).toContain(`Pay ${moneyText({ amountMinor: quoted.due_cents ?? -1, currency: 'usd' })} and change`)
      for (const { label, kind } of quoted.lines ?? []) if (kind !== 'tax') expect(page).toContain(`<dt>${label}</dt>`)
      // The same form again, once the plan is another one.
      const fields = Object.fromEntries(
        [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name ?? '', value ?? '']),
      )
      const send = () =>
        fetch(toTeam.replace(/&product=[^&]*/, ''), {
          method: 'POST',
          redirect: 'manual',
          body: new URLSearchParams(fields),
          headers: { Origin: fixture.sandbox.url },
        })
      await pay(fixture, { plan: 'business' })
      expect((await send()).status).toBe(409)
      expect((await fixture.plan({ catalog })).plan).toMatchObject({ id: 'business', pending_change: null })
      // After ten minutes too.
      clock.step(DAY_MS)
    })
  })
})

describe('twins', () => {
  test('paying one checkout closes those for the same that nobody has paid', async () => {
    await withSteppedSandbox(async (fixture) => {
      const boosters = [
        await open(fixture, { booster: 'extra_storage' }),
        await open(fixture, { booster: 'extra_storage' }),
        await open(fixture, { booster: 'extra_mau' }),
      ]
      await submitForm(boosters[0]?.url ?? '', CARD)
      const states = async () => (await Promise.all(boosters.map(({ id }) => standing(fixture, id)))).map(({ status }) => status)
      await states()
      expect(await states()).toEqual(['succeeded', 'expired', 'open'])
      expect((await fetch(boosters[1]?.url ?? '')).status).toBe(410)
      const { value } = await fixture.send(contract.plansResponse.pick({ boosters: true }), 'GET', '/api/billing/plans', { catalog })
      expect(value.boosters.length).toBeGreaterThan(0)
    })
  })

  test('two first checkouts for plans: one is paid, the other is closed at the payment provider as well', async () => {
    await withSteppedSandbox(async (fixture) => {
      const [pro, team] = [await fixture.openCheckout('pro'), await fixture.openCheckout('team')]
      await submitForm(pro.url, CARD)
      await fixture.checkout(pro.id)
      expect(await fixture.checkout(team.id)).toMatchObject({ status: 'expired', applied: false })
      expect((await fetch(team.url)).status).toBe(410)
    })
  })
})
