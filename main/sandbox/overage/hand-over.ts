import type { Polar } from '@polar-sh/sdk/2026-10'
import { type Catalog, planOf } from '../../../shared/billing/catalog.ts'
import { dateOf, dayOf } from '../../../shared/billing/cost-day.ts'
import { isoTime } from '../clock.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Store, Unit } from '../store/store.ts'
import { OVERAGE_EVENT } from './overage-event.ts'
import { type BillableUnits, markSent, unsentUnits, writeBillableUnits } from './billable-units.ts'

const EVERY_MS = 3_600_000
/** So long before a cycle what is not handed over yet still comes into its order. */
const BEFORE_CYCLE_MS = 60_000
/** Late events count in their period for 48 hours; a little longer, so that the last of them is handed over too. */
const LATE_MS = 49 * 3_600_000
/** Events in one call of the payment provider. */
const AT_ONCE = 500

/**
 * Hands over what lies beyond the plan, and only that: at least hourly, in the last minute before a cycle and when a period has ended.
 * (shared/contract/README.md, "Overage")
 */
export class OverageHandOver {
  readonly #store: Store
  readonly #polar: Polar
  readonly #next = new Map<string, { atMs: number; periodStart: number; writtenMs: number }>()

  constructor(store: Store, polar: Polar) {
    this.#store = store
    this.#polar = polar
  }

  /** Called with every tick, before the payment provider lets time pass. */
  async tick(): Promise<void> {
    const now = this.#store.now()
    for (const workspace of await this.#subscribed(now)) {
      const known = this.#next.get(workspace.id)
      const due = known === undefined || known.periodStart !== workspace.period_start || now >= known.atMs || now >= workspace.period_end - BEFORE_CYCLE_MS
      if (due) await this.#write(workspace.id, now)
    }
    await this.#send()
  }

  /** Those that pay by a subscription, or did until a moment ago. A demo whose past is being made waits until it is there. */
  async #subscribed(now: number): Promise<{ id: string; period_start: number; period_end: number }[]> {
    const rows = await this.#store.read
      .selectFrom('workspaces')
      .select(['id', 'catalog', 'subscription_id', 'period_start', 'period_end'])
      .where((eb) =>
        eb.or([
          eb('subscription_id', 'is not', null),
          eb(
            'id',
            'in',
            eb
              .selectFrom('usage_periods')
              .select('usage_periods.workspace_id')
              .where('usage_periods.period_end', '>', now - LATE_MS),
          ),
        ]),
      )
      .where('id', 'not in', (eb) => eb.selectFrom('history_progress').select('history_progress.workspace_id').where('complete', '=', 0))
      .execute()
    const billing = new Set(this.#store.catalogs.all.filter(billsUse).map(({ id }) => id))
    return rows.filter(({ catalog }) => billing.has(catalog))
  }

  async #write(workspaceId: string, now: number): Promise<void> {
    const periodStart = await this.#store.write(async (unit) => {
      const account = await openAccount(unit, workspaceId)
      const { workspace } = account
      if (workspace.subscription_id !== null) writeBillableUnits(unit, account, { startMs: workspace.period_start, endMs: workspace.period_end })
      // A computer that slept has missed hours in which late events were still taken: they are looked for from where it fell asleep.
      const sinceMs = Math.min(now, this.#next.get(workspaceId)?.writtenMs ?? now) - LATE_MS
      for (const period of await paidPeriods(unit, workspaceId, account.catalog, sinceMs)) writeBillableUnits(unit, account, period)
      return workspace.period_start
    })
    this.#next.set(workspaceId, { atMs: now + EVERY_MS, periodStart, writtenMs: now })
  }

  async #send(): Promise<void> {
    for (;;) {
      const units = await this.#store.write(async (unit) => unsentUnits(unit, AT_ONCE))
      if (units.length === 0) return
      await this.#polar.events.ingest({ events: units.map(eventOf) })
      await this.#store.write(async (unit) => markSent(unit, units))
      if (units.length < AT_ONCE) return
    }
  }
}

function eventOf(units: BillableUnits) {
  const { workspace_id: workspaceId, metric, period_start: periodStart, from_ms: fromMs, number } = units
  return {
    name: OVERAGE_EVENT,
    external_customer_id: workspaceId,
    external_id: `${workspaceId}:${metric}:${isoTime(periodStart)}:${dateOf(dayOf(fromMs))}:${number}`,
    timestamp: isoTime(units.at),
    metadata: { meter: metric, units: units.units },
  }
}

/** The periods that ended after that instant on a plan that is sold. */
async function paidPeriods(unit: Unit, workspaceId: string, catalog: Catalog, sinceMs: number): Promise<{ startMs: number; endMs: number }[]> {
  const rows = await unit.tx
    .selectFrom('usage_periods')
    .select(['period_start', 'period_end', 'plan_id'])
    .distinct()
    .where('workspace_id', '=', workspaceId)
    .where('period_end', '>', sinceMs)
    .execute()
  return rows.flatMap(({ period_start: startMs, period_end: endMs, plan_id: planId }) => {
    const { priceCents } = planOf(catalog, planId)
    return priceCents === null || priceCents === 0 ? [] : [{ startMs, endMs }]
  })
}

function billsUse({ meters }: Catalog): boolean {
  return meters.some(({ enforcement, unitPrice }) => enforcement === 'bill' && unitPrice !== null)
}
