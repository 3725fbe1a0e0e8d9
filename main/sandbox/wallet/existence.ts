import type { Selectable } from 'kysely'
import { dateOf, dayOf } from '../../../shared/billing/cost-day.ts'
import { EXISTENCE, priceTables } from '../../../shared/billing/price-book.ts'
import { type DebitLine, debitLines, ratesOf, totalMicroAu } from '../../../shared/billing/pricing.ts'
import type { Unit } from '../store/store.ts'
import type { InstancesTable } from '../store/wallet-tables.ts'
import { availableMicroAu, type Circle } from './circle.ts'
import { announceInstance } from './documents.ts'
import { debitOf, type NewLine, writeLines } from './ledger.ts'

type InstanceRow = Selectable<InstancesTable>

/**
 * Charges what has become due since the last look: each instance once for every UTC day that has begun, the days on
 * which nothing ran too. The day of the creation is paid with the creation. On a hard wall, what does not fit is not
 * debited, and the instance is suspended until a top-up. (shared/contract/README.md, "Wallet")
 */
export async function chargeExistence(unit: Unit, circle: Circle): Promise<void> {
  const today = dayOf(unit.now)
  const { existence_day: chargedDay } = circle.wallet
  if (chargedDay >= today) return
  const instances = await activeInstances(unit, circle)
  const bill = new Bill(circle)
  // By day and then by age: whoever is the oldest stays the longest.
  for (let day = chargedDay + 1; day <= today; day += 1) {
    for (const instance of instances) if (instance.suspended_at === null && instance.charged_day < day) bill.charge(instance, day, unit.now)
  }
  await bill.write(unit)
  circle.wallet = await unit.tx.updateTable('wallets').set({ existence_day: today }).where('circle_id', '=', circle.id).returningAll().executeTakeFirstOrThrow()
}

/** Lets suspended instances go on, the oldest first, as far as today's existence fits. The days between are not charged. */
export async function goOn(unit: Unit, circle: Circle): Promise<void> {
  const today = dayOf(unit.now)
  const bill = new Bill(circle)
  for (const instance of await activeInstances(unit, circle)) {
    if (instance.suspended_at === null) continue
    if (instance.charged_day >= today) bill.wake(instance)
    else if (bill.fits(instance)) {
      bill.wake(instance)
      bill.charge(instance, today, unit.now)
    }
  }
  await bill.write(unit)
}

async function activeInstances(unit: Unit, { id }: Circle): Promise<InstanceRow[]> {
  return await unit.tx
    .selectFrom('instances')
    .selectAll()
    .where('circle_id', '=', id)
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** Collects charges against what is left, and writes them together. */
class Bill {
  readonly #circle: Circle
  readonly #lines: NewLine[] = []
  readonly #touched = new Set<InstanceRow>()
  #leftMicroAu: bigint

  constructor(circle: Circle) {
    this.#circle = circle
    this.#leftMicroAu = availableMicroAu(circle)
  }

  fits(instance: InstanceRow): boolean {
    const total = totalMicroAu(this.#price(instance))
    return total === 0n || !this.#circle.hardWall || total <= this.#leftMicroAu
  }

  /** Charges one day, or suspends the instance where it does not fit. */
  charge(instance: InstanceRow, day: number, nowMs: number): void {
    this.#touched.add(instance)
    if (!this.fits(instance)) {
      instance.suspended_at = nowMs
      return
    }
    for (const line of this.#price(instance)) {
      const of = { element: instance.element, operation: EXISTENCE.operation, instance_id: instance.id, reference: dateOf(day) }
      this.#lines.push(debitOf(line, of))
      this.#leftMicroAu -= line.amountMicroAu
    }
    instance.charged_day = day
  }

  wake(instance: InstanceRow): void {
    instance.suspended_at = null
    this.#touched.add(instance)
  }

  async write(unit: Unit): Promise<void> {
    for (const instance of this.#touched) {
      const { id, charged_day, suspended_at } = instance
      await unit.tx.updateTable('instances').set({ charged_day, suspended_at }).where('id', '=', id).execute()
      announceInstance(unit, this.#circle, instance)
    }
    if (this.#lines.length > 0) await writeLines(unit, this.#circle, this.#lines)
  }

  #price({ element }: InstanceRow): DebitLine[] {
    return debitLines(ratesOf(priceTables(this.#circle.book), element, EXISTENCE.operation), { [EXISTENCE.dimension]: 1n })
  }
}
