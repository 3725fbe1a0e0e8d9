import { DAY_MS, dateOf, dayOf } from '../../../shared/billing/cost-day.ts'
import { CREATION, EXISTENCE, priceTables, type PricedElement } from '../../../shared/billing/price-book.ts'
import { type DebitLine, debitLines, ratesOf } from '../../../shared/billing/pricing.ts'
import { exactNumber } from '../../../shared/billing/rounding.ts'
import { MICRO_AU_PER_AU } from '../../../shared/billing/wallet.ts'
import { seededUuid } from './demo-workspaces.ts'
import { makeShape, type Shape } from './shape.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { Unit } from '../store/store.ts'
import type { Circle } from '../wallet/circle.ts'
import { createCircle, priceBook } from '../wallet/circles.ts'
import { announceInstance, announceWallet } from '../wallet/documents.ts'
import { debitOf, keepRows, type LedgerRow, type NewLine, toRow } from '../wallet/ledger.ts'

const HOUR_MS = 3_600_000
/** What an ordinary day at the end of the past costs, beside the existence of what is there. */
const DAILY_MICRO_AU = 420_000
const TOP_UP_MICRO_AU = BigInt(25 * MICRO_AU_PER_AU)
/** The wallet is topped up before it holds less. */
const LEAST_MICRO_AU = BigInt(14 * MICRO_AU_PER_AU)
/** Every how many elements of the book one is used: enough for a picture, few enough to read. */
const USED_EVERY = 3
/** On how many of ten days an operation runs. */
const RUNS_ON = 7

/**
 * Makes a demo circle as if it had been there since its workspace was: instances that came one after the other, runs
 * with the rhythm of a working week, daily existence, and top-ups before the balance got low. It is made at once and not
 * in pieces: every line has the balance of the one before it, and the first live one goes on from the last.
 */
export async function writeWalletPast(unit: Unit, account: Account, wanted: { id: string; name: string }, seed: number): Promise<Circle> {
  const beganAt = account.workspace.created_at
  // The opening line bears the time at which the circle was made.
  const circle = await createCircle({ ...unit, now: beganAt }, account, wanted)
  const today = dayOf(unit.now)
  const past = new Past(unit, circle, makeShape(seed, `wallet ${wanted.id}`, { firstDay: dayOf(beganAt), lastDay: today }), seed)
  const members = await unit.tx.selectFrom('members').select('id').where('workspace_id', '=', account.workspace.id).orderBy('created_at').execute()
  for (let day = dayOf(beganAt) + 1; day < today; day += 1)
    past.live(
      day,
      members.map(({ id }) => id),
    )
  await past.write()
  return circle
}

type Living = { id: string; element: PricedElement; bornDay: number; turn: () => number }

class Past {
  readonly #unit: Unit
  readonly #circle: Circle
  readonly #shape: Shape
  readonly #living: Living[]
  readonly #rows: LedgerRow[] = []
  #balance: bigint
  #topUps = 0

  constructor(unit: Unit, circle: Circle, shape: Shape, seed: number) {
    this.#unit = unit
    this.#circle = circle
    this.#shape = shape
    this.#balance = BigInt(circle.wallet.balance_micro_au)
    const firstDay = circle.wallet.existence_day + 1
    const used = priceBook(circle.account).elements.filter((_, index) => index % USED_EVERY === 0)
    const days = dayOf(unit.now) - firstDay
    this.#living = used.map((element, index) => ({
      id: seededUuid(seed, `instance/${circle.id}/${element.id}`),
      element,
      bornDay: firstDay + Math.floor((days * index) / (used.length + 2)),
      turn: shape.random(`turn ${element.id}`),
    }))
  }

  live(day: number, members: readonly string[]): void {
    const there = this.#living.filter(({ bornDay }) => bornDay < day)
    for (const { id, element } of there) {
      const lines = this.#price(element.id, EXISTENCE.operation, { [EXISTENCE.dimension]: 1n })
      this.#debit(day * DAY_MS, element.id, EXISTENCE.operation, lines, { instance_id: id, reference: dateOf(day) })
    }
    if (this.#balance < LEAST_MICRO_AU) this.#topUp(day * DAY_MS + 8 * HOUR_MS, members[0] ?? null)
    for (const { id, element } of this.#living.filter(({ bornDay }) => bornDay === day)) {
      const lines = this.#price(element.id, CREATION.operation, { [CREATION.dimension]: 1n })
      this.#debit(day * DAY_MS + 9 * HOUR_MS, element.id, CREATION.operation, lines, { instance_id: id, member_id: members[0] ?? null })
    }
    for (const [index, one] of there.entries()) this.#run(day, one, 10 * HOUR_MS + index * 20 * 60_000, DAILY_MICRO_AU / this.#living.length, members)
  }

  async write(): Promise<void> {
    const { tx, now } = this.#unit
    const today = dayOf(now)
    keepRows(this.#unit, this.#circle, this.#rows)
    const last = this.#rows.at(-1)
    for (const { id, element, bornDay } of this.#living) {
      const instance = {
        id,
        circle_id: this.#circle.id,
        element: element.id,
        name: element.name,
        created_at: bornDay * DAY_MS + 9 * HOUR_MS,
        deleted_at: null,
        suspended_at: null,
        charged_day: Math.max(bornDay, today - 1),
      }
      await tx.insertInto('instances').values(instance).execute()
      announceInstance(this.#unit, this.#circle, instance)
    }
    this.#circle.wallet = await tx
      .updateTable('wallets')
      .set({
        balance_micro_au: exactNumber(this.#balance),
        last_line: last?.number ?? this.#circle.wallet.last_line,
        existence_day: Math.max(this.#circle.wallet.existence_day, today - 1),
      })
      .where('circle_id', '=', this.#circle.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await announceWallet(this.#unit, this.#circle)
  }

  /** One operation of an element, with quantities that come to about this much on an ordinary day. */
  #run(day: number, { id, element, turn }: Living, atMs: number, aboutMicroAu: number, members: readonly string[]): void {
    const chance = turn()
    const size = 0.5 + turn()
    const who = members[Math.floor(turn() * members.length)] ?? null
    if (chance * 10 >= RUNS_ON) return
    const operations = Object.keys(element.prices).filter((operation) => operation !== CREATION.operation && operation !== EXISTENCE.operation)
    const operation = operations[Math.floor(turn() * operations.length)]
    if (operation === undefined) return
    const rates = (element.prices[operation] ?? []).filter(({ rateMicroAu }) => rateMicroAu > 0n)
    const shares = rates.map(() => 0.1 + turn())
    const whole = shares.reduce((sum, share) => sum + share, 0)
    const cost = aboutMicroAu * size * this.#shape.dayFactor(day)
    const quantities = Object.fromEntries(
      rates.map(({ dimension, rateMicroAu, per }, index) => {
        const share = (cost * (shares[index] ?? 0)) / whole
        return [dimension, BigInt(Math.max(1, Math.round((share * Number(per)) / Number(rateMicroAu))))]
      }),
    )
    this.#debit(day * DAY_MS + atMs, element.id, operation, this.#price(element.id, operation, quantities), { instance_id: id, member_id: who })
  }

  #price(element: string, operation: string, quantities: Readonly<Record<string, bigint>>): DebitLine[] {
    return debitLines(ratesOf(priceTables(this.#circle.book), element, operation), quantities)
  }

  #debit(at: number, element: string, operation: string, lines: readonly DebitLine[], of: Pick<NewLine, 'instance_id' | 'member_id' | 'reference'>): void {
    for (const line of lines) this.#add(at, debitOf(line, { element, operation, ...of }))
  }

  #topUp(at: number, memberId: string | null): void {
    this.#topUps += 1
    this.#add(at, { kind: 'top_up', amountMicroAu: TOP_UP_MICRO_AU, member_id: memberId, reference: `past-${this.#topUps}` })
  }

  #add(at: number, line: NewLine): void {
    this.#balance += line.amountMicroAu
    const { id, wallet } = this.#circle
    this.#rows.push(toRow({ circle_id: id, number: wallet.last_line + this.#rows.length + 1, at }, line, this.#balance))
  }
}
