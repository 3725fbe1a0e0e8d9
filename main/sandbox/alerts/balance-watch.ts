import { randomUUID } from 'node:crypto'
import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import { burnRate } from '../../../shared/billing/burn-down.ts'
import { DAY_MS, dateOf, dayOf } from '../../../shared/billing/cost-day.ts'
import type { WalletPolicy } from '../../../shared/billing/price-book.ts'
import { microAuFromWire } from '../../../shared/billing/wallet.ts'
import { walletDocument } from '../../../shared/contract/platform/wallet.ts'
import { isoTime } from '../clock.ts'
import type { SqliteFile } from '../store/open.ts'
import type { Unit } from '../store/store.ts'
import { clearFired, type Firing, markFired, type Place, placeOf, publishEvent } from './fired-events.ts'
import { rulesOf } from './rules.ts'

const HOUR_MS = 3_600_000
/** Whole days that the pace is measured by, and the one that runs. */
const DAYS_LOOKED_AT = 15
const LOW = 'wallet:low'
const RUNS_OUT = 'wallet:runs_out'
const TOP_UP = 'Top it up on the page Wallet.'

type Wallet = { workspaceId: string; circle: string; name: string; availableMicroAu: bigint }

/**
 * Tells a workspace that a wallet is low, or will be empty within the days of the policy, and how to fill it. Each once a period, and
 * again after it was filled. By the channels of the workspace's alerts that are on.
 */
export class BalanceWatch {
  /** By circle: the hour in which its pace was looked at. A wallet may move a hundred times a second. */
  readonly #paceAt = new Map<string, number>()
  readonly #statements = new WeakMap<SqliteFile, Statement<[circleId: string, sinceMs: number]>>()

  /** The wallets that this transaction has changed. */
  readonly react = (unit: Unit): void => {
    for (const { workspaceId, body } of unit.changes.pending('wallet')) {
      if (body === null) continue
      const { circle, name, balance_micro_au: balance, held_micro_au: held } = walletDocument.parse(body)
      this.#look(unit, { workspaceId, circle, name, availableMicroAu: microAuFromWire(balance) - microAuFromWire(held) })
    }
  }

  #look(unit: Unit, wallet: Wallet): void {
    const place = placeOf(unit, wallet.workspaceId)
    const policy = place.catalog.pricing?.policy
    if (policy === undefined) return
    const { lowBalanceMicroAu: low } = policy
    if (low !== undefined) {
      this.#settle(unit, wallet, place, LOW, wallet.availableMicroAu < low, () => ({
        name: 'Low balance',
        at: Number(low),
        text: `Wallet of ${wallet.name}: ${auText(wallet.availableMicroAu)} AU left, less than ${auText(low)} AU. ${TOP_UP}`,
      }))
    }
    this.#lookAtPace(unit, wallet, place, policy)
  }

  #lookAtPace(unit: Unit, wallet: Wallet, place: Place, { runsOutWithinDays: days }: WalletPolicy): void {
    const hour = Math.floor(unit.now / HOUR_MS)
    if (days === undefined || this.#paceAt.get(wallet.circle) === hour) return
    this.#paceAt.set(wallet.circle, hour)
    const { emptyAt } = burnRate(this.#days(unit, wallet.circle), wallet.availableMicroAu, unit.now)
    const soon = emptyAt !== null && emptyAt > unit.now && emptyAt <= unit.now + days * DAY_MS
    this.#settle(unit, wallet, place, RUNS_OUT, soon, () => ({
      name: 'Wallet runs out',
      at: days,
      text: `Wallet of ${wallet.name}: at the pace of the last days it is empty about ${dateOf(dayOf(emptyAt ?? unit.now))} (${auText(wallet.availableMicroAu)} AU left). ${TOP_UP}`,
    }))
  }

  #settle(unit: Unit, wallet: Wallet, place: Place, rule: string, isSo: boolean, words: () => { name: string; at: number; text: string }): void {
    const { workspaceId, circle, availableMicroAu } = wallet
    const firing: Firing = { workspaceId, rule, subject: circle, periodStartMs: place.periodStartMs }
    if (!isSo) {
      clearFired(unit, firing)
      return
    }
    const on = rulesOf(unit.file, workspaceId, place.catalog).filter(({ measure, enabled }) => measure === 'limit' && enabled)
    if (on.length === 0 || !markFired(unit, firing)) return
    const { name, at, text } = words()
    const event = {
      id: randomUUID(),
      fired_at: isoTime(unit.now),
      period: { start: isoTime(place.periodStartMs), end: isoTime(place.periodEndMs) },
      measure: 'cost' as const,
      meter: null,
      used: Math.max(0, Number(availableMicroAu)),
      limit: null,
      thresholds: [{ rule, name, at }],
      channels: [...new Set(on.flatMap(({ channels }) => channels))],
      text,
    }
    publishEvent(unit, workspaceId, event, place.catalog)
  }

  /** What was debited on each of the last days, without gaps, the last one today. */
  #days(unit: Unit, circle: string): { day: number; debitedMicroAu: bigint }[] {
    const today = dayOf(unit.now)
    const first = today - DAYS_LOOKED_AT + 1
    const statement =
      this.#statements.get(unit.file) ??
      unit.file.prepare<[string, number]>(
        `SELECT at / ${DAY_MS} AS day, -sum(amount_micro_au) AS debited FROM ledger_lines WHERE circle_id = ? AND at >= ? AND kind = 'debit' GROUP BY 1`,
      )
    this.#statements.set(unit.file, statement)
    const rows = z.array(z.object({ day: z.int(), debited: z.int() })).parse(statement.all(circle, first * DAY_MS))
    const debited = new Map(rows.map((row) => [row.day, row.debited]))
    // Days before the first debit are no days of use.
    const from = Math.max(first, ...(rows.length === 0 ? [today] : [Math.min(...rows.map(({ day }) => day))]))
    return Array.from({ length: today - from + 1 }, (_, index) => ({ day: from + index, debitedMicroAu: BigInt(debited.get(from + index) ?? 0) }))
  }
}

/** Rounded down: what is left must not look like more. */
function auText(microAu: bigint): string {
  const hundredths = (microAu - (((microAu % 10_000n) + 10_000n) % 10_000n)) / 10_000n
  const sign = hundredths < 0n ? '-' : ''
  const digits = (hundredths < 0n ? -hundredths : hundredths).toString().padStart(3, '0')
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
