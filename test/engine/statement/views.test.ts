/**
 * Random histories on a running platform: what Overview, Costs, budgets, the preview and the order that follows, the portal and Polar's orders say is what a
 * plain computation says, to the minor unit.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Catalogs } from '../../../main/sandbox/catalogs.ts'
import { listPriceOfPeriod } from '../../../main/sandbox/costs/cost-days.ts'
import { invoicedAndAccrued } from '../../../main/sandbox/overage/invoiced.ts'
import { openSqlite } from '../../../main/sandbox/store/open.ts'
import type { Unit } from '../../../main/sandbox/store/store.ts'
import type { Catalog } from '../../../shared/billing/catalog.ts'
import { moneyText } from '../../../shared/billing/money.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { costBreakdown } from '../../../shared/contract/platform/costs.ts'
import { approvedPlanRequest, planRequestDocument, previewResponse } from '../../../shared/contract/platform/purchase.ts'
import { usageEventsResponse } from '../../../shared/contract/platform/usage.ts'
import { SandboxFixture, SteppedClock, submitForm } from '../sandbox/fixture.ts'
import { NaiveAccount, type NaiveInvoice } from './naive-account.ts'
import { billedMeters, orchardIn, orchardWorkspace } from './orchard.ts'
import { ReadingConsole } from './reading-console.ts'

/** Each is a platform of its own: `TIDEMARK_VIEW_RUNS=200` for a long look. */
const runs = Number(process.env.TIDEMARK_VIEW_RUNS ?? 8)
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const BEGIN_MS = Date.UTC(2026, 0, 31, 12)
const SPAN_MS = 110 * DAY_MS
const CARD = { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' }

type Way = 'page' | 'portal' | 'approval'
type Step = { atMs: number } & (
  | { kind: 'plan'; plan: number; way: Way; laterS: number }
  | { kind: 'seats'; seats: number; laterS: number }
  | { kind: 'cancel' }
  | { kind: 'booster'; booster: number }
  | { kind: 'top_up'; au: number }
  | { kind: 'use'; meter: number; quantity: number; lateMs: number }
)

const instant = fc.oneof(
  fc.integer({ min: 0, max: SPAN_MS }).map((ms) => BEGIN_MS + ms),
  fc.integer({ min: 1, max: SPAN_MS / DAY_MS }).map((day) => Math.floor(BEGIN_MS / DAY_MS) * DAY_MS + day * DAY_MS),
)
const laterS = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 590 }) })
const money: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('plan' as const),
      atMs: instant,
      plan: fc.nat(2),
      way: fc.constantFrom<Way>('page', 'portal', 'approval'),
      laterS,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('seats' as const), atMs: instant, seats: fc.nat(4), laterS }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), atMs: instant }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('booster' as const), atMs: instant, booster: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('top_up' as const), atMs: instant, au: fc.integer({ min: 1, max: 90 }) }) },
)
const use: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('use' as const),
  atMs: instant,
  meter: fc.nat(billedMeters.length - 1),
  quantity: fc.integer({ min: 1, max: 9_000 }),
  lateMs: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 * DAY_MS }) }),
})
const history = fc
  .tuple(fc.array(money, { minLength: 2, maxLength: 9 }), fc.array(use, { maxLength: 24 }))
  .map(([moves, uses]) => [...moves, ...uses].sort((one, other) => one.atMs - other.atMs))

test(`${runs} random histories on a platform: every page, invoice and order says the same amount`, { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom('usd', 'eur'), async (steps, currency) => {
      await play(steps, orchardIn(currency))
    }),
    { numRuns: runs, endOnFailure: true },
  )
})

test('use that came late just before the computer slept for weeks is on the next order', { timeout: 60_000 }, async () => {
  const late: Step = { kind: 'use', atMs: Date.UTC(2026, 2, 1), meter: 1, quantity: 7_815, lateMs: 30 * 3_600_000 }
  await play([late], orchardIn('usd'))
})

async function play(steps: readonly Step[], catalog: Catalog): Promise<void> {
  const clock = new SteppedClock(BEGIN_MS)
  const problems: unknown[] = []
  const currency = catalog.plans[0]?.currency ?? ''
  // Nothing happens between two steps but what the test lets happen.
  const options = { clock, catalogs: [catalog], demo: [orchardWorkspace(currency)], tickMs: 2 ** 48, report: (error: unknown) => problems.push(error) }
  const fixture = await SandboxFixture.start(options)
  const player = new Player(fixture, clock, catalog)
  try {
    await player.begin()
    for (const step of steps) await player.step(step)
    await player.until(BEGIN_MS + SPAN_MS)
    await player.look('at the end')
    expect(problems).toEqual([])
  } finally {
    player.console.close()
    await fixture.stop()
  }
}

/** Does each step as a person or a service would, and the same to the naive account. */
class Player {
  readonly console: ReadingConsole
  readonly #fixture: SandboxFixture
  readonly #clock: SteppedClock
  readonly #catalog: Catalog
  readonly #naive: NaiveAccount
  readonly #token: string

  constructor(fixture: SandboxFixture, clock: SteppedClock, catalog: Catalog) {
    this.#fixture = fixture
    this.#clock = clock
    this.#catalog = catalog
    this.#naive = new NaiveAccount(catalog, billedMeters)
    this.#token = fixture.token('platform_admin')
    this.console = new ReadingConsole(fixture, clock, this.#token)
  }

  async begin(): Promise<void> {
    this.#naive.subscribe(this.#clock.now(), this.#plan(1))
    await this.#tick()
  }

  /** Lets time pass, with what it does at the end of each period. */
  async until(atMs: number): Promise<void> {
    while (this.#naive.nextCycleMs <= atMs) {
      const endMs = this.#naive.nextCycleMs
      await this.#stepTo(endMs - 20_000)
      await this.#stepTo(endMs)
      this.#naive.cycle()
      await this.#tick()
      await this.look('after a cycle')
    }
    await this.#stepTo(atMs)
  }

  async step(step: Step): Promise<void> {
    // Two moves of one instant have no order.
    await this.until(Math.max(step.atMs, this.#clock.now() + 1_000))
    const done = await this.#act(step)
    if (!done || step.kind === 'use') return
    // What was bought is told of in the first second; what follows from it is made known in the next.
    await this.#tick()
    await this.#tick()
    await this.look(JSON.stringify(step))
  }

  async #act(step: Step): Promise<boolean> {
    const naive = this.#naive
    switch (step.kind) {
      case 'use':
        return await this.#use(step)
      case 'cancel':
        if (naive.plan === null) return false
        await submitForm(await this.#portal(), {}, { action: naive.ending ? '/resume' : '/cancel' })
        naive.ending = !naive.ending
        return true
      case 'seats': {
        const { plan } = naive
        if (plan === null || plan.seatPriceCents === null || step.seats === naive.seats) return false
        await this.#buy({ seats: step.seats }, () => naive.changeLines(this.#clock.now(), plan, step.seats), plan.currency, step.laterS)
        naive.change(this.#clock.now(), plan, step.seats)
        return true
      }
      case 'booster': {
        const booster = this.#catalog.boosters[step.booster]
        if (naive.plan === null || booster === undefined) return false
        await this.#buy({ booster: booster.id }, () => [BigInt(booster.priceCents)], booster.currency, 0)
        naive.buyBooster(this.#clock.now(), booster)
        return true
      }
      case 'top_up':
        if (naive.plan === null) return false
        await this.#buy({ top_up_au: step.au }, () => [BigInt(step.au) * 100n], naive.plan.currency, 0)
        naive.topUp(this.#clock.now(), step.au)
        return true
      case 'plan':
        return await this.#choose(this.#plan(step.plan), step.way, step.laterS)
    }
  }

  async #choose(to: Catalog['plans'][number], way: Way, laterS: number): Promise<boolean> {
    const naive = this.#naive
    if (naive.plan === null) {
      await this.#buy({ plan: to.id }, () => [BigInt(to.priceCents ?? 0)], to.currency, 0)
      naive.subscribe(this.#clock.now(), to)
      return true
    }
    if (to.id === naive.plan.id) {
      if (naive.pending === null || naive.ending) return false
      await submitForm(await this.#portal(), {}, { action: '/keep' })
      naive.schedule(to)
      return true
    }
    if (way === 'approval') {
      await this.#approve(to)
    } else if (way === 'portal' || !naive.isLarger(to)) {
      // The portal of a subscription that ends offers to resume it, and no other plan.
      if (naive.ending) return false
      await this.#changeInPortal(to)
    } else {
      await this.#buy({ plan: to.id }, () => naive.changeLines(this.#clock.now(), to, naive.seatsWith(to)), to.currency, laterS)
    }
    if (naive.isLarger(to)) naive.change(this.#clock.now(), to, naive.seatsWith(to))
    else naive.schedule(to)
    return true
  }

  /** What the console does: it previews, confirms what was shown, and somebody pays; the order is what was shown, or less where time has passed. */
  async #buy(body: object, amounts: () => bigint[], currency: string, laterS: number): Promise<void> {
    const token = this.#token
    const { value: quoted } = await this.#send(previewResponse, 'POST', '/api/billing/preview', { token, body })
    this.#expectQuote(quoted, amounts(), currency)
    if (laterS > 0 && this.#clock.now() + laterS * 1000 < this.#naive.nextCycleMs - MINUTE_MS) await this.#stepTo(this.#clock.now() + laterS * 1000)
    const { value: checkout } = await this.#send(contract.checkoutResponse, 'POST', '/api/billing/checkout', {
      token,
      body: { ...body, quote_id: quoted.quote_id },
    })
    const paid = await submitForm(checkout.url, checkout.url.includes('/polar/') ? CARD : {})
    expect(paid.status).toBe(303)
    const { value: standing } = await this.#send(contract.checkoutDocument, 'GET', `/api/billing/checkout/${checkout.id}`, { token })
    const now = amounts()
    const sum = total(now)
    const due = Number(sum + this.#naive.settledOf(currency, sum))
    expect({ applied: standing.applied, amount: standing.amount_cents }, JSON.stringify(body)).toEqual({ applied: true, amount: due })
    expect(due).toBeLessThanOrEqual(quoted.due_cents ?? -1)
  }

  #expectQuote({ lines = [], due_cents: due }: z.output<typeof previewResponse>, amounts: readonly bigint[], currency: string): void {
    const sum = total(amounts)
    const settled = this.#naive.settledOf(currency, sum)
    const bought = lines.filter(({ kind, subject }) => kind !== 'tax' && subject !== 'balance').map(({ amount_cents: cents }) => cents)
    expect(bought).toEqual(amounts.map(Number))
    expect(lines.find(({ subject }) => subject === 'balance')?.amount_cents ?? 0).toBe(Number(settled))
    expect(due).toBe(Number(sum + settled))
  }

  async #changeInPortal(to: Catalog['plans'][number]): Promise<void> {
    const portal = await this.#portal()
    const page = await (await fetch(portal)).text()
    const path = [...page.matchAll(/href="(\/polar\/portal\/change[^"]*)">[^<]* to ([^<]*)</g)].find(([, , plan]) => plan?.endsWith(to.name))?.[1]
    const url = new URL(path?.replaceAll('&amp;', '&') ?? '', portal).href
    const form = await (await fetch(url)).text()
    if (this.#naive.isLarger(to)) {
      const sum = total(this.#naive.changeLines(this.#clock.now(), to, this.#naive.seatsWith(to)))
      expect(form).toContain(`Pay ${moneyText({ amountMinor: Number(sum + this.#naive.settledOf(to.currency, sum)), currency: to.currency })} and change`)
    }
    expect((await submitForm(url, {}, { action: '/change' })).status).toBe(303)
  }

  /** A member whose role may only ask, and another one who confirms the amount. */
  async #approve(to: Catalog['plans'][number]): Promise<void> {
    const naive = this.#naive
    const { value: request } = await this.#send(planRequestDocument, 'POST', '/api/billing/plan-requests', {
      token: this.#fixture.token('tenant_admin'),
      body: { plan: to.id },
    })
    const { value: quoted } = await this.#send(previewResponse, 'POST', '/api/billing/preview', { token: this.#token, body: { plan: to.id } })
    this.#expectQuote(quoted, naive.isLarger(to) ? naive.changeLines(this.#clock.now(), to, naive.seatsWith(to)) : [], to.currency)
    await this.#send(approvedPlanRequest, 'POST', `/api/billing/plan-requests/${request.id}/approve`, {
      token: this.#token,
      body: { quote_id: quoted.quote_id },
    })
  }

  async #portal(): Promise<string> {
    return (await this.#send(contract.portalResponse, 'POST', '/api/billing/portal', { token: this.#token })).value.url
  }

  async #use({ meter: index, quantity, lateMs }: Extract<Step, { kind: 'use' }>): Promise<boolean> {
    const naive = this.#naive
    const meter = billedMeters[index]
    if (meter === undefined) return false
    const now = this.#clock.now()
    const wanted = now - (meter.aggregation === 'gauge' ? 0 : lateMs)
    // Nobody can have used anything while nothing was bought.
    const atMs = naive.periods.some(({ startMs, endMs }) => startMs <= wanted && wanted < endMs) ? wanted : now
    const amount = meter.aggregation === 'sum' ? { quantity } : { reading: quantity }
    const event = { source: 'test', id: randomUUID(), metric: meter.id, timestamp: new Date(atMs).toISOString(), ...amount }
    const request = { body: { events: [event] } }
    if (naive.plan === null) {
      expect(await this.#refused('/v1/usage/events', request.body)).toMatchObject({ status: 402, error: { code: 'subscription_ended' } })
      return false
    }
    const { value } = await this.#send(usageEventsResponse, 'POST', '/v1/usage/events', request)
    expect(value).toMatchObject({ accepted: 1, refused: [] })
    naive.use(meter.id, atMs, now, quantity)
    return true
  }

  /** Everything that says an amount, beside the naive account. */
  async look(when: string): Promise<void> {
    const naive = this.#naive
    await this.console.sync()
    const invoices = naive.invoices.map(shapeOf)
    expect(this.#ordersOfPolar(), `Polar's orders, ${when}`).toEqual(invoices)
    expect(
      this.console
        .invoices()
        .map(({ issued_at: at, currency, amount_cents: amount, balance_cents: balance = 0, due_cents: due = 0, lines = [] }) => ({
          atMs: Date.parse(at),
          currency,
          amounts: sorted(lines.map(({ amount_cents: cents }) => cents)),
          amount,
          balance,
          due,
        }))
        .sort(byInstant),
      `invoices, ${when}`,
    ).toEqual(naive.invoices.map((invoice) => ({ ...shapeOf(invoice), amounts: sorted(splitAmounts(invoice)) })))
    await this.#lookAtPortal(when)

    const next = naive.nextInvoice()
    const overview = this.console.overview()
    expect(
      {
        invoiced: overview?.invoicedCents,
        next:
          overview?.next === null
            ? null
            : { at: overview?.next.at, amounts: overview?.next.lines.map(({ amountCents }) => amountCents), amount: overview?.next.amountCents },
      },
      `Overview, ${when}`,
    ).toEqual({
      invoiced: Number(naive.invoicedMinor()),
      next:
        next === null
          ? null
          : {
              at: next.atMs,
              amounts: [...next.bought, ...(next.usageMinor === 0n ? [] : [next.usageMinor])].map(Number),
              amount: Number(total(next.bought) + next.usageMinor),
            },
    })

    for (const period of naive.periods) {
      const cost = naive.cost(period)
      const issued = total(cost.issued.map(({ amount }) => amount))
      const said = this.console.costsOf(period)
      const cycle = naive.invoices.find(({ closes }) => closes === period.endMs)
      const isRunning = period === naive.period && naive.plan !== null
      const expected = {
        listCents: Number(cost.listMinor),
        beyondCents: Number(issued + cost.openMinor),
        includedCents: Number(cost.listMinor - issued - cost.openMinor),
        differences: [],
        invoice:
          cycle !== undefined
            ? invoiceOf(cycle, period.startMs)
            : isRunning && next !== null
              ? {
                  planCents: Number(total(next.bought)),
                  earlierCents: Number(next.usageMinor - cost.openMinor),
                  amountCents: Number(total(next.bought) + next.usageMinor),
                }
              : null,
      }
      const shown =
        said.invoice === null ? null : { planCents: said.invoice.planCents, earlierCents: said.invoice.earlierCents, amountCents: said.invoice.amountCents }
      const { listCents, beyondCents, includedCents, differences } = said
      expect({ listCents, beyondCents, includedCents, differences, invoice: shown }, `Costs of ${new Date(period.startMs).toISOString()}, ${when}`).toEqual(
        expected,
      )
      if (!isRunning)
        expect(total(said.late.map(({ amountCents }) => BigInt(amountCents))), `late, ${when}`).toBe(BigInt(said.beyondCents) - onCycle(cycle, period.startMs))
    }
    const running = naive.cost(naive.period)
    const page = await this.console.costs()
    if (page !== null)
      expect({ total: page.totalCents, rows: page.rows.reduce((sum, { amountCents }) => sum + amountCents, 0) }, `Costs page, ${when}`).toEqual({
        total: Number(running.listMinor),
        rows: Number(running.listMinor),
      })
    const { value: breakdown } = await this.#send(costBreakdown, 'GET', '/api/billing/costs', { token: this.#token })
    expect(Math.round(breakdown.total_usd * 100), `/api/billing/costs, ${when}`).toBe(Number(running.listMinor))

    const invoiced = naive.invoicedMinor() + naive.openMinor()
    const budget = { invoiced: invoiced < 0n ? 0 : Number(invoiced), cost: Number(running.listMinor) }
    expect(this.console.budgets(), `budgets here, ${when}`).toEqual(budget)
    expect(this.#budgetsOfPlatform(), `budgets there, ${when}`).toEqual({ invoiced: Number(invoiced), cost: budget.cost })
  }

  /** The portal's table: the amounts of all orders, the newest first. */
  async #lookAtPortal(when: string): Promise<void> {
    const page = await (await fetch(await this.#portal())).text()
    const rows = [...page.matchAll(/<td class="number">([^<]*)<\/td>/g)].map(([, text]) => text)
    expect(rows.toSorted(), `portal, ${when}`).toEqual(
      this.#naive.invoices.map((invoice) => moneyText({ amountMinor: shapeOf(invoice).amount, currency: invoice.currency })).toSorted(),
    )
  }

  #ordersOfPolar() {
    const file = new BetterSqlite3(join(this.#fixture.dataDir, 'polar.db'), { readonly: true })
    try {
      return storedOrders
        .parse(
          file
            .prepare('SELECT created_at, currency, items, amount_cents, applied_credit_cents, due_cents FROM orders ORDER BY created_at, invoice_number')
            .all(),
        )
        .map(({ created_at: atMs, currency, items, amount_cents: amount, applied_credit_cents: applied, due_cents: due }) => ({
          atMs,
          currency,
          amounts: sorted(storedItems.parse(JSON.parse(items)).map(({ amount_cents: cents }) => cents)),
          amount,
          balance: applied === 0 ? 0 : -applied,
          due,
        }))
        .sort(byInstant)
    } finally {
      file.close()
    }
  }

  #budgetsOfPlatform() {
    const file = openSqlite(join(this.#fixture.dataDir, 'platform.db'), 'platform')
    try {
      // Of a transaction, these two ask for its file, its catalogs and its instant.
      const unit = { file, catalogs: new Catalogs([this.#catalog]), now: this.#clock.now() } as unknown as Unit
      const { id } = z.object({ id: z.string() }).parse(file.prepare('SELECT id FROM workspaces').get())
      return { invoiced: Number(invoicedAndAccrued(unit, id)), cost: Number(listPriceOfPeriod(unit, id)) }
    } finally {
      file.close()
    }
  }

  /** The shapes of answers are other tests' business: to check each against the description takes longer than to answer it. */
  async #send<T extends z.ZodType>(
    schema: T,
    method: 'GET' | 'POST',
    path: string,
    { body, token = this.#token }: { body?: object; token?: string } = {},
  ): Promise<{ value: z.output<T> }> {
    const response = await this.#fetch(method, path, token, body)
    const answer: unknown = await response.json()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
    return { value: schema.parse(answer) }
  }

  async #refused(path: string, body: object): Promise<{ status: number; error: unknown }> {
    const response = await this.#fetch('POST', path, this.#token, body)
    return { status: response.status, error: await response.json() }
  }

  #fetch(method: string, path: string, token: string, body: object | undefined): Promise<Response> {
    const headers = { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) }
    return fetch(`${this.#fixture.sandbox.url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  }

  async #stepTo(atMs: number): Promise<void> {
    if (atMs > this.#clock.now()) this.#clock.step(atMs - this.#clock.now())
    await this.#tick()
  }

  async #tick(): Promise<void> {
    await this.#fixture.sandbox.tick()
  }

  #plan(index: number): Catalog['plans'][number] {
    const plan = this.#catalog.plans[index]
    if (plan === undefined) throw new Error(`There is no plan ${index}`)
    return plan
  }
}

const storedOrders = z.array(
  z.object({ created_at: z.int(), currency: z.string(), items: z.string(), amount_cents: z.int(), applied_credit_cents: z.int(), due_cents: z.int() }),
)
const storedItems = z.array(z.object({ amount_cents: z.int() }))

/** As an order has it: one amount for all units of a meter. */
function shapeOf({ atMs, currency, bought, usage, settled }: NaiveInvoice) {
  const byMeter = [...Map.groupBy(usage, ({ meterId }) => meterId).values()].map((own) => total(own.map(({ amount }) => amount)))
  const amounts = [...bought, ...byMeter]
  const amount = total(amounts)
  return { atMs, currency, amounts: sorted(amounts.map(Number)), amount: Number(amount), balance: Number(settled), due: Math.max(0, Number(amount + settled)) }
}

/** As an invoice has it: an amount a meter and period. */
function splitAmounts({ bought, usage }: NaiveInvoice): number[] {
  return [...bought, ...usage.map(({ amount }) => amount)].map(Number)
}

function invoiceOf({ bought, usage }: NaiveInvoice, startMs: number) {
  const earlier = total(usage.filter((each) => each.startMs !== startMs).map(({ amount }) => amount))
  return { planCents: Number(total(bought)), earlierCents: Number(earlier), amountCents: Number(total([...bought, ...usage.map(({ amount }) => amount)])) }
}

function onCycle(cycle: NaiveInvoice | undefined, startMs: number): bigint {
  return total((cycle?.usage ?? []).filter((each) => each.startMs === startMs).map(({ amount }) => amount))
}

function byInstant(one: { atMs: number; amount: number }, other: { atMs: number; amount: number }): number {
  return one.atMs - other.atMs
}

function sorted(amounts: readonly number[]): number[] {
  return amounts.toSorted((one, other) => one - other)
}

function total(amounts: readonly bigint[]): bigint {
  let sum = 0n
  for (const amount of amounts) sum += amount
  return sum
}
