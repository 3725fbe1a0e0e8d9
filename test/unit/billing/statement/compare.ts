/** Compares the statement of a random history with the naive one. The module comes in as an argument, so that a faulty one can be compared too. */
import type { Limit } from '../../../../shared/billing/limit.ts'
import type { Period } from '../../../../shared/billing/period.ts'
import type * as statementModule from '../../../../shared/billing/statement.ts'
import { naiveStatement } from './naive-statement.ts'
import { meters, type RandomHistory, type RandomMove } from './random-history.ts'

export type StatementModule = typeof statementModule

const DAY_MS = 86_400_000
const LATE_MS = 48 * 3_600_000

/** Null: they agree. Otherwise what differs. */
export function difference(module: StatementModule, history: RandomHistory): string | null {
  const statement = module.statementOf({
    events: history.moves.map(eventOf),
    usedIn: knownUse(module, history),
    numberOf: (index) => `N-${index + 1}`,
    untilMs: history.untilMs,
  })
  const naive = naiveStatement(history, meters)
  const issued = statement.invoices.map(({ issuedMs, lines }) => [
    issuedMs,
    lines[0]?.currency,
    sorted(lines.map(({ billedAmountMinor }) => billedAmountMinor)),
  ])
  const expected = naive.invoices.map(({ atMs, currency, amounts }) => [atMs, currency, sorted(amounts)])
  if (text(issued) !== text(expected)) return `invoices: ${text(issued)} instead of ${text(expected)}`
  for (const { number, lines } of statement.invoices)
    if (lines.some(({ invoiceNumber }) => invoiceNumber !== number)) return `a line of ${number} names another invoice`
  // The whole is what was invoiced and what is open, in each currency.
  const sums = (lines: readonly statementModule.StatementLine[]) =>
    [...Map.groupBy(lines, ({ currency }) => currency)].map(([currency, own]) => `${currency} ${module.sumBilledMinor(own)}`).sort()
  const ofInvoices = new Map<string, bigint>()
  for (const { currency, amounts } of naive.invoices) for (const amount of amounts) ofInvoices.set(currency, (ofInvoices.get(currency) ?? 0n) + amount)
  const expectedSums = [...ofInvoices].map(([currency, sum]) => `${currency} ${sum}`).sort()
  if (text(sums(statement.invoices.flatMap(({ lines }) => lines))) !== text(expectedSums)) return 'the sum of the invoices'
  if (module.sumBilledMinor(statement.open) !== naive.openMinor) return `open: ${module.sumBilledMinor(statement.open)} instead of ${naive.openMinor}`
  if (statement.open.some(({ invoiceNumber }) => invoiceNumber !== null)) return 'an open line names an invoice'
  const balances = (map: ReadonlyMap<string, bigint>) => [...map].filter(([, sum]) => sum !== 0n).map(([currency, sum]) => `${currency} ${sum}`)
  if (text(balances(statement.balanceMinor)) !== text(balances(naive.balance))) return 'the balance'
  return differenceOfUse(module, history, naive.use)
}

/** List price, what of it the plan includes, and what is billed, of each meter and period, over all its days. */
function differenceOfUse(module: StatementModule, history: RandomHistory, expected: ReturnType<typeof naiveStatement>['use']): string | null {
  const found: typeof expected = []
  const asked = knownUse(module, history, ({ period, use }) => {
    for (const each of use) {
      const lines = module.usageLines([{ period, use: each, billedUnits: each.billedUnits, late: false }], 'usd', null)
      for (const { subjectId, period: of, listAmountMicros, includedAmountMicros } of lines)
        found.push({ meterId: subjectId, startMs: of.startMs, listMicros: listAmountMicros, includedMicros: includedAmountMicros })
      const dayMicros = each.days.reduce((sum, { listMicros, billedMicros }) => ({ list: sum.list + listMicros, billed: sum.billed + billedMicros }), {
        list: 0n,
        billed: 0n,
      })
      if (dayMicros.list !== each.listMicros || dayMicros.billed !== each.billedMicros)
        found.push({ meterId: 'days', startMs: 0, listMicros: 0n, includedMicros: 0n })
    }
  })
  module.statementOf({ events: history.moves.map(eventOf), usedIn: asked, numberOf: String, untilMs: history.untilMs })
  return text(found) === text(expected) ? null : `use: ${text(found)} instead of ${text(expected)}`
}

export function eventOf(move: RandomMove): statementModule.SubscriptionEvent {
  switch (move.kind) {
    case 'subscribe':
    case 'change':
      return { kind: move.kind, atMs: move.atMs, to: { price: move.plan, seats: move.plan.seatPriceMinor === null ? 0 : move.seats } }
    case 'schedule':
      return { kind: 'schedule', atMs: move.atMs, to: move.plan }
    case 'buy': {
      const { what, quantity, unitPriceMinor, currency } = move
      return { kind: 'buy', atMs: move.atMs, sale: { kind: what, subjectId: what, quantity: BigInt(quantity), unit: 'piece', unitPriceMinor, currency } }
    }
    default:
      return move
  }
}

/** What is known of a period: its rows as a platform keeps them, what the plan includes, and what they come to. */
export type SeenUse = {
  readonly period: Period
  readonly use: readonly statementModule.MeterUse[]
  readonly rows: readonly statementModule.UseRow[]
  readonly includedOf: (meterId: string) => Limit
  /** Null: its order is still to come. */
  readonly unitsAtCycle: ReadonlyMap<string, bigint> | null
}

/** The rows that a platform keeps of those events: by the day, cut where a period begins. */
export function knownUse(module: StatementModule, { use, included, untilMs }: RandomHistory, see?: (seen: SeenUse) => void) {
  const asked: Period[] = []
  return (period: Period): statementModule.PeriodUse => {
    const place = asked.push(period) - 1
    const rows = use.flatMap((event) => {
      if (event.arrivedMs > untilMs) return []
      const own = asked.find(({ startMs, endMs }) => event.atMs >= startMs && event.atMs < endMs)
      if (own === undefined) return []
      const atMs = event.arrivedMs < own.endMs + LATE_MS ? event.atMs : event.arrivedMs
      if (atMs < period.startMs || atMs >= period.endMs) return []
      return [
        { meterId: event.meterId, fromMs: Math.max(Math.floor(atMs / DAY_MS) * DAY_MS, period.startMs), quantity: event.quantity, arrivedMs: event.arrivedMs },
      ]
    })
    const includedOf = (meterId: string): Limit => {
      const limit = included[(meters.findIndex(({ id }) => id === meterId) + place) % included.length] ?? 0
      return limit === -1 ? 'unlimited' : limit
    }
    const known = module.periodUse(meters, includedOf, period, rows)
    if (period.endMs > untilMs) {
      see?.({ period, use: known, rows, includedOf, unitsAtCycle: null })
      return { use: known, unitsAtCycle: null }
    }
    const atCycle = module.periodUse(
      meters,
      includedOf,
      period,
      rows.filter(({ arrivedMs }) => arrivedMs < period.endMs),
    )
    const unitsAtCycle = new Map(atCycle.map(({ meter, billedUnits }) => [meter.id, billedUnits]))
    see?.({ period, use: known, rows, includedOf, unitsAtCycle })
    return { use: known, unitsAtCycle }
  }
}

function sorted(amounts: readonly bigint[]): bigint[] {
  return amounts.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0))
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each))
}
