import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planOf } from '../../../shared/billing/catalog.ts'
import { periodAt } from '../../../shared/billing/period.ts'
import { Catalogs, shippedCatalogs } from '../../../main/sandbox/catalogs.ts'
import type { Account } from '../../../main/sandbox/meter/accounts/account.ts'
import { openAccount } from '../../../main/sandbox/meter/open-account.ts'
import { recordUsage } from '../../../main/sandbox/meter/usage/record-usage.ts'
import type { UsageEvent, UsageOutcome } from '../../../main/sandbox/meter/usage/usage-event.ts'
import { Store, type Unit } from '../../../main/sandbox/store/store.ts'
import { exampleCatalog } from '../../unit/billing/example-catalog.ts'
import { SteppedClock } from '../sync/stepped-clock.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** The platform's database alone, with one account of a catalog that has a meter of every kind. */
export class MeteredAccount {
  readonly clock: SteppedClock
  readonly store: Store
  readonly workspaceId = randomUUID()
  readonly #folder: string
  #events = 0

  private constructor(clock: SteppedClock, catalogs: Catalogs) {
    this.clock = clock
    this.#folder = mkdtempSync(join(tmpdir(), 'tidemark-usage-'))
    this.store = new Store(join(this.#folder, 'platform.db'), clock, catalogs)
  }

  /** @param anchorMs where its periods are counted from */
  static async open(options: { now?: number; anchorMs?: number; catalogId?: string; planId?: string; catalogs?: Catalogs } = {}): Promise<MeteredAccount> {
    const {
      now = Date.UTC(2026, 2, 20, 12),
      anchorMs = Date.UTC(2026, 0, 10, 9, 30),
      catalogId = 'metered',
      catalogs = new Catalogs([meteredCatalog, ...shippedCatalogs.all]),
    } = options
    const opened = new MeteredAccount(new SteppedClock(now), catalogs)
    const catalog = catalogs.named(catalogId)
    const plan = planOf(catalog, options.planId ?? catalog.defaultPlan)
    const period = periodAt(anchorMs, now)
    await opened.store.write(async ({ tx }) => {
      await tx
        .insertInto('workspaces')
        .values({
          id: opened.workspaceId,
          name: 'Metered',
          catalog: catalog.id,
          deployment: 'platform',
          plan_id: plan.id,
          subscription_id: 'subscription',
          payment_method: null,
          period_anchor: anchorMs,
          period_start: period.startMs,
          period_end: period.endMs,
          created_at: anchorMs,
        })
        .execute()
      for (const { id } of catalog.meters) {
        const limit = plan.limits[id] ?? 0
        await tx
          .insertInto('counters')
          .values({ workspace_id: opened.workspaceId, metric: id, quota_limit: limit === 'unlimited' ? -1 : limit })
          .execute()
      }
    })
    // The first look: from here on every hour that ends has its snapshot.
    await opened.with(() => undefined)
    return opened
  }

  async close(): Promise<void> {
    await this.store.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  with<T>(work: (unit: Unit, account: Account) => T | Promise<T>): Promise<T> {
    return this.store.write(async (unit) => await work(unit, await openAccount(unit, this.workspaceId)))
  }

  record(events: readonly UsageEvent[], options?: { backfill: boolean }): Promise<UsageOutcome[]> {
    return this.with((unit, account) => recordUsage(unit, account, events, options))
  }

  used(metric: string): Promise<number> {
    return this.with((_, account) => account.counters.get(metric)?.used ?? -1)
  }

  /** An event of its own, now unless told otherwise. */
  event(
    metric: string,
    measure: { quantity: number } | { reading: number } | { key: string },
    at = this.clock.now(),
    more: Partial<UsageEvent> = {},
  ): UsageEvent {
    this.#events += 1
    const form = 'quantity' in measure ? 'quantity' : 'reading' in measure ? 'reading' : 'key'
    return {
      identity: { source: 'test', id: `event-${this.#events}` },
      metric,
      measure: { form, atMs: at, ...measure } as UsageEvent['measure'],
      ...more,
    }
  }

  /** Rows of a table, as they lie there. */
  rows(sql: string, ...values: unknown[]): unknown[] {
    return this.store.file.prepare<unknown[]>(sql).all(...values)
  }
}

const meter = exampleCatalog.meters[0]
if (meter === undefined) throw new Error('The example catalog has no meters')
const common = { ...meter, draws: 'none', aliases: [], seats: false, refusalStatus: 403, unit: 'count', period: 'monthly', enforcement: 'bill' } as const

/** A meter of every aggregation, and one that refuses. */
export const meteredCatalog = {
  ...exampleCatalog,
  id: 'metered',
  boosters: [],
  meters: [
    { ...common, id: 'calls', name: 'Calls', aggregation: 'sum', aliases: ['call'] },
    { ...common, id: 'capped', name: 'Capped calls', aggregation: 'sum', enforcement: 'refuse' },
    { ...common, id: 'stock', name: 'Stock', aggregation: 'gauge', period: 'total', enforcement: 'refuse' },
    { ...common, id: 'peak', name: 'Peak', aggregation: 'peak_daily' },
    { ...common, id: 'people', name: 'People', aggregation: 'unique_key' },
    { ...common, id: 'rate', name: 'Rate', aggregation: 'rate_per_minute', enforcement: 'refuse', refusalStatus: 429 },
    { ...common, id: 'pushes', name: 'Pushes', aggregation: 'sum', draws: 'per_push' },
  ],
  defaultPlan: 'only',
  plans: [
    {
      id: 'only',
      name: 'Only',
      summary: '',
      priceCents: 1000,
      currency: 'usd',
      interval: 'month',
      hardWall: null,
      seatPriceCents: null,
      source: 'ours',
      limits: { calls: 1000, capped: 10, stock: 5, peak: 1000, people: 1000, rate: 3, pushes: 100 },
    },
  ],
  comparison: [],
} as const satisfies typeof exampleCatalog
