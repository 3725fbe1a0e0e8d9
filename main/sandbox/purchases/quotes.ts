import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { lineLabel } from '../../../shared/billing/line-words.ts'
import { type Period, periodNumber } from '../../../shared/billing/period.ts'
import { takesEffect } from '../../../shared/billing/plan-change.ts'
import { exactNumber, roundHalfAwayFromZero } from '../../../shared/billing/rounding.ts'
import {
  BALANCE,
  changeLines,
  MICROS_PER_MINOR,
  minorOfMicros,
  periodLines,
  type StatementLine,
  type Subscribed,
  sumBilledMinor,
} from '../../../shared/billing/statement.ts'
import type { quote as quoteShape, QuotedState, quotedLine } from '../../../shared/contract/platform/purchase.ts'
import { isoTime } from '../clock.ts'
import type { SignedIn } from '../http/environment.ts'
import { Refusal } from '../http/failure.ts'
import { type Account, hasEnded } from '../meter/accounts/account.ts'
import { nextPlan } from '../meter/accounts/documents.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Store, Unit } from '../store/store.ts'
import { afterwards, CENTS_PER_AU, columnsOf, type Purchase } from './purchase.ts'

export type Quote = { [K in keyof typeof quoteShape]: z.output<(typeof quoteShape)[K]> }
/** What is quoted: a purchase, or the end of the subscription with its period, which costs nothing. */
type Quoted = Purchase | { readonly product: 'cancel'; readonly cancel: boolean }

/** A quote is confirmed within this time, or made anew. */
const QUOTE_MS = 10 * 60_000
/** Kept a little longer than it holds, so that whoever comes late is told what moved. */
const KEPT_MS = 24 * 3_600_000

/** Quotes what that costs now, and remembers from which state. */
export async function makeQuote(unit: Unit, account: Account, quoted: Quoted): Promise<Quote> {
  const from = await stateOf(unit, account)
  const lines = await linesOf(unit, account, quoted, unit.now)
  const dueCents = dueOf(lines)
  const id = randomUUID()
  const expiresAt = unit.now + QUOTE_MS
  await unit.tx
    .deleteFrom('quotes')
    .where('expires_at', '<', unit.now - KEPT_MS)
    .execute()
  await unit.tx
    .insertInto('quotes')
    .values({
      id,
      workspace_id: account.workspace.id,
      request: requestOf(quoted),
      state: JSON.stringify(from),
      due_cents: dueCents,
      created_at: unit.now,
      expires_at: expiresAt,
    })
    .execute()
  return { quote_id: id, from, lines: lines.map((line) => lineDocument(account, line)), due_cents: dueCents, expires_at: isoTime(expiresAt) }
}

/**
 * The quote, if it still holds: plan, seats, boosters and pending change are as quoted, ten minutes have not passed, and the amount has moved only
 * by the seconds since, and never upwards. (shared/contract/README.md, "Quotes") Null: it does not.
 */
export async function heldQuote(unit: Unit, account: Account, quoted: Quoted, quoteId: string): Promise<Quote | null> {
  const row = await unit.tx.selectFrom('quotes').selectAll().where('id', '=', quoteId).where('workspace_id', '=', account.workspace.id).executeTakeFirst()
  if (row === undefined || row.request !== requestOf(quoted) || unit.now >= row.expires_at) return null
  const from = await stateOf(unit, account)
  if (JSON.stringify(from) !== row.state) return null
  const quotedThen = await linesOf(unit, account, quoted, row.created_at)
  // Reckoned at its own instant it is the same: so nothing but time has moved it.
  if (dueOf(quotedThen) !== row.due_cents || dueOf(await linesOf(unit, account, quoted, unit.now)) > row.due_cents) return null
  return {
    quote_id: row.id,
    from,
    lines: quotedThen.map((line) => lineDocument(account, line)),
    due_cents: row.due_cents,
    expires_at: isoTime(row.expires_at),
  }
}

/**
 * The quote that is confirmed by its id; without one, what it costs now is quoted and confirmed later, on a page.
 *
 * @throws Refusal 409 `quote_changed` with a new quote.
 */
export async function confirmedQuote(store: Store, { workspaceId }: SignedIn, quoted: Quoted, quoteId: string | undefined): Promise<Quote> {
  const { quote, isNew } = await store.write(async (unit) => {
    const account = await openAccount(unit, workspaceId)
    const held = quoteId === undefined ? null : await heldQuote(unit, account, quoted, quoteId)
    return held === null ? { quote: await makeQuote(unit, account, quoted), isNew: true } : { quote: held, isNew: false }
  })
  // Thrown after the transaction: the new quote must stay.
  if (isNew && quoteId !== undefined) throw quoteChanged(quote)
  return quote
}

/** The refusal of a quote that holds no more, with the one that takes its place. */
function quoteChanged(quote: Quote): Refusal {
  return new Refusal(
    'quote_changed',
    'The amount or your plan has changed since this was shown. Nothing was charged.',
    'Look at the new amount and confirm it.',
    {
      quote,
    },
  )
}

function lineDocument({ catalog }: Pick<Account, 'catalog'>, line: StatementLine): z.output<typeof quotedLine> {
  return {
    kind: line.kind,
    subject: line.subjectId,
    label: lineLabel(line, (id) => nameOf(catalog, id)),
    period: { start: isoTime(line.period.startMs), end: isoTime(line.period.endMs) },
    quantity: exactNumber(line.quantity),
    unit: line.unit,
    unit_price_cents: exactNumber(minorOfMicros(line.listUnitPriceMicros)),
    amount_cents: exactNumber(line.billedAmountMinor),
  }
}

/** What is sold is called as on the orders of the payment provider, and everywhere else: "Pro". */
function nameOf(catalog: Account['catalog'], id: string): string {
  return (catalog.plans.find((plan) => plan.id === id) ?? catalog.boosters.find((booster) => booster.id === id))?.name ?? id
}

async function stateOf(unit: Unit, account: Account): Promise<QuotedState> {
  const running = await unit.tx
    .selectFrom('boosters')
    .select('id')
    .where('workspace_id', '=', account.workspace.id)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', unit.now)
    .orderBy('id')
    .execute()
  return {
    plan: hasEnded(account) ? null : account.plan.id,
    seats: account.workspace.seats,
    boosters: running.map(({ id }) => id),
    ...nextPlan(account),
  }
}

/** What the order that follows will have: what is bought, its tax, and what the customer's balance settles of it. */
async function linesOf(unit: Unit, account: Account, quoted: Quoted, atMs: number): Promise<StatementLine[]> {
  const bought = boughtLines(account, quoted, atMs)
  const [first] = bought
  if (first === undefined) return []
  const { balanceMinor, taxed } = await readSettled(unit, account, first.currency)
  const net = sumBilledMinor(bought)
  const tax = taxAtRate(net, taxed)
  const settled = net + tax < 0n ? -(net + tax) : -smaller(balanceMinor, net + tax)
  const extra = (kind: 'tax' | 'credit', subjectId: string, amountMinor: bigint): StatementLine => ({
    kind,
    subjectId,
    period: { startMs: atMs, endMs: Math.max(atMs, first.period.endMs) },
    quantity: 1n,
    unit: '',
    listUnitPriceMicros: amountMinor * MICROS_PER_MINOR,
    listUnits: 1n,
    listAmountMicros: amountMinor * MICROS_PER_MINOR,
    includedAmountMicros: 0n,
    billedAmountMinor: amountMinor,
    currency: first.currency,
    invoiceNumber: null,
  })
  return [...bought, extra('tax', '', tax), ...(settled === 0n ? [] : [extra('credit', BALANCE, settled)])]
}

function boughtLines(account: Account, quoted: Quoted, atMs: number): StatementLine[] {
  const { workspace, catalog, plan: from } = account
  switch (quoted.product) {
    case 'cancel':
      return []
    case 'booster': {
      const { booster } = quoted
      return [
        onceLine('booster', booster.id, 1n, 'booster', BigInt(booster.priceCents), booster.currency, {
          startMs: atMs,
          endMs: Math.max(atMs, workspace.period_end),
        }),
      ]
    }
    case 'top_up':
      return [onceLine('top_up', '', BigInt(quoted.au), 'au', BigInt(CENTS_PER_AU), from.currency, { startMs: atMs, endMs: atMs })]
    case 'plan':
    case 'seats': {
      const to = afterwards(account, quoted)
      // What begins with the next period, and a price that is agreed with each customer, is not due now.
      if (to.plan.priceCents === null || (quoted.product === 'plan' && takesEffect(catalog, from, to.plan) === 'period_end')) return []
      const next = subscribed(to.plan, to.seats)
      if (workspace.subscription_id === null) return periodLines(next, periodNumber(atMs, 0, to.plan.interval))
      const period = { startMs: workspace.period_start, endMs: workspace.period_end }
      return changeLines(subscribed(from, workspace.seats), next, period, atMs)
    }
  }
}

function subscribed({ id, priceCents, seatPriceCents, currency, interval }: Account['plan'], seats: number): Subscribed {
  return {
    price: {
      planId: id,
      priceMinor: BigInt(priceCents ?? 0),
      seatPriceMinor: seatPriceCents === null ? null : BigInt(seatPriceCents),
      currency,
      interval,
    },
    seats,
  }
}

function onceLine(
  kind: 'booster' | 'top_up',
  subjectId: string,
  quantity: bigint,
  unit: string,
  unitPriceMinor: bigint,
  currency: string,
  period: Period,
): StatementLine {
  const amountMinor = quantity * unitPriceMinor
  return {
    kind,
    subjectId,
    period,
    quantity,
    unit,
    listUnitPriceMicros: unitPriceMinor * MICROS_PER_MINOR,
    listUnits: 1n,
    listAmountMicros: amountMinor * MICROS_PER_MINOR,
    includedAmountMicros: 0n,
    billedAmountMinor: amountMinor,
    currency,
    invoiceNumber: null,
  }
}

/** What the orders so far have left in the customer's balance, and how the newest of them was taxed: the payment provider says neither by itself. */
async function readSettled(
  unit: Unit,
  { workspace }: Account,
  currency: string,
): Promise<{ balanceMinor: bigint; taxed: { taxCents: number; netCents: number } }> {
  const rows = await unit.tx
    .selectFrom('invoices')
    .select(['balance_cents', 'plan_lines'])
    .where('workspace_id', '=', workspace.id)
    .where('currency', '=', currency)
    .orderBy('issued_at', 'desc')
    .execute()
  const balance = rows.reduce((sum, { balance_cents: cents }) => sum + BigInt(cents), 0n)
  return { balanceMinor: balance > 0n ? balance : 0n, taxed: taxedOf(rows[0]?.plan_lines ?? '[]') }
}

function taxedOf(planLines: string): { taxCents: number; netCents: number } {
  const lines: { amount_cents: number; tax_cents: number }[] = JSON.parse(planLines)
  return { taxCents: sumOf(lines.map(({ tax_cents: cents }) => cents)), netCents: sumOf(lines.map(({ amount_cents: cents }) => cents)) }
}

/** Tax of an amount as another one was taxed, rounded half away from zero. */
function taxAtRate(amountMinor: bigint, { taxCents, netCents }: { taxCents: number; netCents: number }): bigint {
  if (netCents === 0) return 0n
  return roundHalfAwayFromZero(amountMinor * BigInt(taxCents), BigInt(netCents))
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0)
}

function dueOf(lines: readonly StatementLine[]): number {
  return exactNumber(sumBilledMinor(lines))
}

function requestOf(quoted: Quoted): string {
  return JSON.stringify(quoted.product === 'cancel' ? quoted : columnsOf(quoted))
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other
}
