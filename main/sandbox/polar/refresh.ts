import type { Polar } from '@polar-sh/sdk/2026-10'
import type { Clock } from '../clock.ts'
import { type Account, hasEnded } from '../meter/accounts/account.ts'
import { announcePaymentMethods } from '../invoices/payment-methods.ts'
import { writeInvoices } from '../invoices/write-invoices.ts'
import { openAccount } from '../meter/open-account.ts'
import { type Cause, causeOfAct, type Happening } from '../audit/acts.ts'
import { putInForce } from '../purchases/plan-in-force.ts'
import type { CheckoutRow } from '../store/purchase-tables.ts'
import type { Store, Unit } from '../store/store.ts'
import { type CustomerView, orNull, readCustomer, standingOf } from './customer-view.ts'
import { type LookState, lookIsDue, type Reason } from './look-schedule.ts'
import type { Products } from './products.ts'
import { type SeenCheckout, settleCheckout } from './settle-checkout.ts'

/** A checkout that came to nothing this long after its end is not looked at any more unless somebody asks. */
const FORGOTTEN_AFTER_MS = 7 * 86_400_000

export type RefreshOptions = { store: Store; clock: Clock; polar: Polar; products: Products; report: (error: unknown) => void }

/**
 * Brings the platform to what Polar says: fetches a customer's state and puts it in force. A webhook, a click and the
 * clock only say when to look, so it is right when webhooks never come, come twice or in another order.
 */
export class CustomerRefresh {
  readonly #options: RefreshOptions
  readonly #running = new Map<string, { done: Promise<void>; next: Promise<void> | null }>()
  readonly #lastLook = new Map<string, number>()
  readonly #portals = new Map<string, number>()

  constructor(options: RefreshOptions) {
    this.#options = options
  }

  /**
   * Looks now. Looks at one customer go one after the other, so an older answer never overwrites a newer one; who asks
   * while one is under way gets the one after it, which began after the asking.
   */
  now(workspaceId: string): Promise<void> {
    const running = this.#running.get(workspaceId)
    if (running === undefined) {
      const done = this.#look(workspaceId).finally(() => this.#running.delete(workspaceId))
      this.#running.set(workspaceId, { done, next: null })
      return done
    }
    running.next ??= running.done.catch(() => undefined).then(() => this.now(workspaceId))
    return running.next
  }

  /** The customer may change something in the portal at any moment from now on. */
  watchPortal(workspaceId: string): void {
    this.#portals.set(workspaceId, this.#options.clock.now())
  }

  /** Waits for the looks that are under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running.values()].map(({ done, next }) => next ?? done))
  }

  /** Looks wherever something is waited for. Called every second or so. */
  async tick(): Promise<void> {
    const now = this.#options.clock.now()
    for (const state of await this.#waiting(now)) {
      if (lookIsDue(state, now)) await this.now(state.workspaceId).catch(this.#options.report)
    }
  }

  async #waiting(now: number): Promise<LookState[]> {
    const { store } = this.#options
    const checkouts = await store.read
      .selectFrom('checkouts')
      .select(['workspace_id', 'status', 'created_at'])
      .where('applied', '=', 0)
      .where('status', 'in', ['open', 'confirmed', 'succeeded', 'cancelled'])
      .where('expires_at', '>', now - FORGOTTEN_AFTER_MS)
      .execute()
    const subscribed = await store.read.selectFrom('workspaces').select(['id', 'period_start', 'period_end']).where('subscription_id', 'is not', null).execute()
    const reasons: { workspaceId: string; reason: Reason }[] = [
      ...checkouts.map(({ workspace_id: workspaceId, status, created_at: sinceMs }) => ({
        workspaceId,
        reason: { kind: status === 'cancelled' ? ('cancelled' as const) : ('checkout' as const), sinceMs },
      })),
      ...subscribed.map(({ id, period_start: startMs, period_end: endMs }) => ({
        workspaceId: id,
        reason: { kind: 'period' as const, sinceMs: now < endMs ? startMs : endMs },
      })),
      ...[...this.#portals].map(([workspaceId, sinceMs]) => ({ workspaceId, reason: { kind: 'portal' as const, sinceMs } })),
    ]
    return reasons.map((state) => ({ ...state, lastLookMs: this.#lastLook.get(state.workspaceId) ?? null }))
  }

  async #look(workspaceId: string): Promise<void> {
    const { store, clock, polar, products } = this.#options
    const askedAtMs = clock.now()
    this.#lastLook.set(workspaceId, askedAtMs)
    const rows = await store.read
      .selectFrom('checkouts')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('applied', '=', 0)
      .where('status', 'in', ['open', 'confirmed', 'succeeded', 'cancelled'])
      .execute()
    // Checkouts first: the state that is read after a checkout has succeeded has its effect in it.
    const seen = await Promise.all(rows.map((row) => this.#seeCheckout(polar, row)))
    const view = await readCustomer(polar, workspaceId)
    await products.learn([
      ...(view?.state.active_subscriptions.map(({ product_id: productId }) => productId) ?? []),
      // Which of an order's items is for use, the prices of its product say.
      ...(view?.orders.flatMap(({ product_id: productId }) => productId ?? []) ?? []),
      ...(view?.pendingProducts.values() ?? []),
    ])
    const isOutOfDate = await store.write(async (unit) => {
      const account = await openAccount(unit, workspaceId)
      // A period began since Polar was asked: its answer is of the one that is over, and would bring back a plan that ended with it.
      if (account.workspace.period_start > askedAtMs || endedSince(account, askedAtMs, unit.now)) return true
      await this.#apply(unit, account, view, seen)
      return false
    })
    if (isOutOfDate) await this.#look(workspaceId)
  }

  async #seeCheckout(polar: Polar, row: CheckoutRow): Promise<SeenCheckout> {
    if (row.kind === 'change') return { row, polar: null, decline: null }
    const checkout = await orNull(polar.checkouts.get(row.id))
    if (checkout === null || checkout.status === 'succeeded') return { row, polar: checkout, decline: null }
    const payments = await polar.payments.list({ checkout_id: row.id, status: 'failed', limit: 1 })
    return { row, polar: checkout, decline: payments.items[0]?.decline_message ?? null }
  }

  async #apply(unit: Unit, account: Account, view: CustomerView, seen: readonly SeenCheckout[]): Promise<void> {
    const { workspace, catalog } = account
    const standing = standingOf(view, (productId) => this.#options.products.planOf(catalog.id, productId))
    if (standing.subscription !== null || workspace.subscription_id !== null || standing.paymentMethod !== workspace.payment_method) {
      await putInForce(unit, account, standing, (happening) => causeOf(unit, workspace.id, seen, happening))
    }
    await writeInvoices(unit, account, view?.orders ?? [], (priceId) => this.#options.products.meterOfPrice(priceId))
    for (const one of seen) await settleCheckout(unit, account, one, standing, view?.orders ?? [])
    await announcePaymentMethods(unit, account)
  }
}

/** A last period has no next one that would tell by its start. One that Polar ended before its time is over whenever it was asked. */
function endedSince(account: Account, askedAtMs: number, nowMs: number): boolean {
  const { period_end: endMs } = account.workspace
  return hasEnded(account) && endMs <= nowMs && askedAtMs < endMs
}

/** A checkout that was paid, or a change that was confirmed, says who did it; otherwise an approval or a session of the portal may. */
async function causeOf(unit: Unit, workspaceId: string, seen: readonly SeenCheckout[], happening: Happening): Promise<Cause> {
  const paid = seen.find(({ row, polar }) => {
    const isPaid = row.kind === 'change' ? row.status === 'confirmed' || row.status === 'succeeded' : polar?.status === 'succeeded'
    if (!isPaid) return false
    return happening.kind === 'plan'
      ? row.product === 'plan' && row.product_id === happening.planId
      : happening.kind === 'seats' && row.product === 'seats' && row.quantity === happening.seats
  })
  const memberId = paid?.row.member_id ?? null
  return memberId === null ? await causeOfAct(unit, workspaceId, happening) : { actor: memberId, via: 'checkout' }
}
