import { randomUUID } from 'node:crypto'
import type { Meter } from '../../../shared/billing/catalog.ts'
import { meterDraws } from '../../../shared/billing/meter-draws.ts'
import type { MeteredEvent } from '../../../shared/billing/metered-event.ts'
import { meterKindOf } from '../../../shared/billing/meter-kinds.ts'
import type { Clock, Random } from '../clock.ts'
import { type Account, counterOf } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import { recordUsage } from '../meter/usage/record-usage.ts'
import { servicesOf } from '../meter/usage/services-of.ts'
import type { UsageEvent } from '../meter/usage/usage-event.ts'
import type { Store } from '../store/store.ts'

export type TrafficOptions = {
  store: Store
  clock: Clock
  random: Random
  workspaces: readonly { id: string; members: readonly { id: string }[] }[]
  report: (error: unknown) => void
}

/** One event about every second and a half, somewhere: a person can follow it. */
const SHORTEST_MS = 600
const LONGEST_MS = 2_400
const MONTH_MS = 30 * 86_400_000
/** At this pace a meter comes near its limit at the end of a period. */
const PACE = 0.85
/** A meter without a limit is used as if it had this one. */
const REFERENCE = 100_000

/** Live use of the demo's workspaces at a human pace. */
export class Traffic {
  readonly #options: TrafficOptions
  #stopped = false
  #cancel: () => void = () => undefined
  #running: Promise<void> = Promise.resolve()

  constructor(options: TrafficOptions) {
    this.#options = options
  }

  start(): void {
    const { clock, random, report } = this.#options
    if (this.#stopped) return
    this.#cancel = clock.after(SHORTEST_MS + random() * (LONGEST_MS - SHORTEST_MS), () => {
      this.#running = this.one()
        .catch(report)
        .then(() => this.start())
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#running
  }

  /** Something is used in one of the workspaces. */
  async one(): Promise<void> {
    const { store, random, workspaces } = this.#options
    const workspace = pick(workspaces, random)
    if (workspace === undefined) return
    await store.write(async (unit) => {
      const account = await openAccount(unit, workspace.id)
      const meter = pick(
        account.catalog.meters.filter(({ draws, id }) => meterDraws[draws].countedBy === 'events' && counterOf(account, { id }).quota_limit !== 0),
        random,
      )
      if (meter === undefined) return
      const meters = account.catalog.meters.length * workspaces.length
      const event = eventOf(account, meter, unit.now, ((SHORTEST_MS + LONGEST_MS) / 2) * meters, random)
      if (event === null) return
      const user = pick(account.catalog.costs?.users ?? workspace.members, random)
      const service = pick(servicesOf(account.catalog, meter), random)
      await recordUsage(unit, account, [{ ...event, ...(user === undefined ? {} : { userId: user.id }), ...(service === undefined ? {} : { service }) }])
    })
  }
}

/** What a meter would have used since its last turn; null: nothing this time. */
function eventOf(account: Account, meter: Meter, now: number, sinceMs: number, random: Random): UsageEvent | null {
  const { used, quota_limit: limit } = counterOf(account, meter)
  const reference = limit > 0 ? limit : REFERENCE
  const measure = measureOf(meter, used, reference, wholeOf(reference * PACE * (sinceMs / MONTH_MS) * (0.4 + random() * 1.2), random), now, random)
  return measure === null ? null : { identity: { source: 'traffic', id: randomUUID() }, metric: meter.id, measure }
}

function measureOf(meter: Meter, used: number, limit: number, amount: number, atMs: number, random: Random): MeteredEvent | null {
  switch (meterKindOf(meter).form) {
    case 'key':
      return amount === 0 ? null : { form: 'key', atMs, key: randomUUID() }
    case 'quantity':
      return amount === 0 ? null : { form: 'quantity', atMs, quantity: amount }
    case 'reading': {
      // A level goes up and down a little, and stays under the limit of a meter that refuses.
      const step = Math.max(1, Math.round(limit * 0.004))
      const reading = Math.max(0, used + (random() < 0.55 ? step : -step))
      if (meter.unit !== 'bytes' && random() < 0.9) return null
      return { form: 'reading', atMs, reading: meter.enforcement === 'refuse' ? Math.min(reading, Math.max(used, limit - 1)) : reading }
    }
  }
}

/** A fraction becomes one unit more as often as it is large: 0.2 is one in five times. */
function wholeOf(amount: number, random: Random): number {
  const whole = Math.floor(amount)
  return whole + (random() < amount - whole ? 1 : 0)
}

function pick<T>(from: readonly T[], random: Random): T | undefined {
  return from[Math.floor(random() * from.length)]
}
