import { randomBytes, randomUUID } from 'node:crypto'
import { errors, type models, type Polar } from '@polar-sh/sdk/2026-10'
import type { Plan } from '../../../shared/billing/catalog.ts'
import { hashSecret } from '../http/sign-in.ts'
import { Refusal } from '../http/failure.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import type { CheckoutRow } from '../store/purchase-tables.ts'
import type { Store, Unit } from '../store/store.ts'
import type { Customer } from './customer.ts'
import type { Products, Sold } from './products.ts'
import { CENTS_PER_AU, columnsOf, costOfChange, type Purchase, purchaseOf, purchaseWords } from '../purchases/purchase.ts'
import type { CustomerRefresh } from './refresh.ts'
import { announceCheckout } from './settle-checkout.ts'

const CHANGE_MS = 24 * 3_600_000

export type PaymentsOptions = {
  store: Store
  polar: Polar
  products: Products
  refresh: CustomerRefresh
  /** Where this platform's own pages are. */
  origin: string
  /** Whether a page that Polar names may be handed on. */
  mayOpen: (url: string) => boolean
}

/** What the platform asks of Polar when a member clicks: a checkout, a change of the subscription, the portal. */
export class Payments {
  readonly #options: PaymentsOptions

  constructor(options: PaymentsOptions) {
    this.#options = options
  }

  /** Looks at Polar now; a failure is left to the next look. */
  async look(workspaceId: string): Promise<void> {
    await this.#options.refresh.now(workspaceId).catch(() => undefined)
  }

  /** A first plan, a booster or a top-up is a checkout at Polar. */
  async startPurchase(
    { workspace, catalog }: Account,
    purchase: Exclude<Purchase, { product: 'seats' }>,
    customer: Customer,
    memberId: string,
  ): Promise<{ id: string; url: string }> {
    const { polar, products, origin, store } = this.#options
    const productId = await products.productOf(catalog.id, soldAs(purchase)).catch(asUnavailable)
    if (productId === null) {
      const code = purchase.product === 'plan' ? 'plan_not_sold' : 'not_sold'
      throw new Refusal(code, `Not sold here: ${purchaseWords(purchase)}.`, purchase.product === 'plan' ? 'Choose another plan.' : 'Choose something else.')
    }
    const secret = newSecret()
    const checkout = await polar.checkouts
      .create({
        products: [productId],
        ...(purchase.product === 'top_up' ? { amount: purchase.au * CENTS_PER_AU } : {}),
        external_customer_id: workspace.id,
        customer_name: customer.name,
        ...(customer.email === null ? {} : { customer_email: customer.email }),
        success_url: `${origin}/checkout/success?checkout_id={CHECKOUT_ID}`,
        return_url: `${origin}/checkout/cancelled?key=${secret}`,
        metadata: { workspace: workspace.id, ...(purchase.product === 'plan' ? { plan: purchase.plan.id } : {}) },
      })
      .catch(asUnavailable)
    this.#refuseForeign(checkout.url)
    await store.write((unit) =>
      this.#insert(unit, {
        id: checkout.id,
        workspace_id: workspace.id,
        kind: 'purchase',
        ...columnsOf(purchase),
        member_id: memberId,
        status: 'open',
        amount_cents: checkout.total_amount,
        currency: checkout.currency,
        secret_hash: hashSecret(secret),
        decline_reason: null,
        created_at: unit.now,
        expires_at: Date.parse(checkout.expires_at),
      }),
    )
    return { id: checkout.id, url: checkout.url }
  }

  /** A change between paid plans, or of the seats, is confirmed on a page of this platform, with the amount, and is then an update of the one subscription. */
  async startChange(account: Account, purchase: Extract<Purchase, { product: 'plan' | 'seats' }>, memberId: string): Promise<{ id: string; url: string }> {
    const { origin, store } = this.#options
    const { workspace } = account
    const id = randomUUID()
    const secret = newSecret()
    await store.write((unit) =>
      this.#insert(unit, {
        id,
        workspace_id: workspace.id,
        kind: 'change',
        ...columnsOf(purchase),
        member_id: memberId,
        status: 'open',
        amount_cents: Math.max(0, costOfChange(account, purchase, unit.now).dueCents),
        currency: account.plan.currency,
        secret_hash: hashSecret(secret),
        decline_reason: null,
        created_at: unit.now,
        expires_at: unit.now + CHANGE_MS,
      }),
    )
    return { id, url: `${origin}/checkout/change/${id}?key=${secret}` }
  }

  /**
   * Carries out a confirmed change. Whoever comes second finds it no longer open, so it is asked for once; where the
   * answer is lost, the look at Polar afterwards tells.
   *
   * @returns why it was declined, in words, or null.
   */
  async confirmChange(row: CheckoutRow): Promise<string | null> {
    const { store } = this.#options
    const taken = await store.write(async (unit) => {
      const { workspace, catalog } = await openAccount(unit, row.workspace_id)
      const confirmed = await unit.tx
        .updateTable('checkouts')
        .set({ status: 'confirmed' })
        .where('id', '=', row.id)
        .where('status', '=', 'open')
        .returningAll()
        .executeTakeFirst()
      if (confirmed !== undefined) announceCheckout(unit, confirmed)
      return { subscriptionId: workspace.subscription_id, catalogId: catalog.id, purchase: purchaseOf(row, catalog), first: confirmed !== undefined }
    })
    if (!taken.first) return null
    try {
      if (taken.subscriptionId === null) throw noSubscription()
      await this.#changeSubscription(taken.subscriptionId, taken.catalogId, taken.purchase)
      await this.#settle(row.id, { status: 'succeeded' })
    } catch (error) {
      const declined = error instanceof errors.SubscriptionsUpdate402Error
      await this.#settle(row.id, { status: 'open', decline_reason: declined ? 'The payment was declined. Nothing was charged.' : null })
      if (declined) return 'The payment was declined. Nothing was charged. Change the card in the customer portal.'
      return asUnavailable(error)
    } finally {
      await this.look(row.workspace_id)
    }
    return null
  }

  /**
   * Changes to another plan without a page to confirm it on: somebody who may has said so already. A larger plan is charged
   * now, a smaller one begins with the next period.
   */
  async changePlan({ workspace, catalog }: Account, plan: Plan, effective: 'now' | 'period_end'): Promise<void> {
    const { polar, products } = this.#options
    if (workspace.subscription_id === null) throw noSubscription()
    try {
      if (effective === 'now') await this.#changeSubscription(workspace.subscription_id, catalog.id, { product: 'plan', plan })
      else {
        const productId = await products.productOf(catalog.id, { plan: plan.id })
        // A plan that nobody sells is one that costs nothing: it is there when the subscription has ended.
        await polar.subscriptions.update(
          workspace.subscription_id,
          productId === null ? { cancel_at_period_end: true } : { product_id: productId, proration_behavior: 'next_period' },
        )
      }
    } catch (error) {
      if (error instanceof errors.SubscriptionsUpdate402Error) {
        throw new Refusal('payment_declined', 'The payment was declined. Nothing was charged.', 'Change the card in the customer portal.')
      }
      return asUnavailable(error)
    } finally {
      await this.look(workspace.id)
    }
  }

  /** Lets the subscription end with its period. */
  async endWithPeriod({ workspace }: Account): Promise<void> {
    if (workspace.subscription_id === null) return
    await this.#options.polar.subscriptions.update(workspace.subscription_id, { cancel_at_period_end: true }).catch(asUnavailable)
    await this.look(workspace.id)
  }

  async #changeSubscription(subscriptionId: string, catalogId: string, purchase: Purchase): Promise<void> {
    const { polar, products } = this.#options
    if (purchase.product === 'seats') {
      await polar.subscriptions.update(subscriptionId, { seats: purchase.seats, proration_behavior: 'invoice' })
      return
    }
    const productId = purchase.product === 'plan' ? await products.productOf(catalogId, { plan: purchase.plan.id }) : null
    if (productId === null) throw noSubscription()
    await polar.subscriptions.update(subscriptionId, { product_id: productId, proration_behavior: 'invoice' })
  }

  /** A link to the customer portal, made on click, never stored or logged. */
  async openPortal({ workspace }: Account, customer: Customer): Promise<{ url: string; expires_at: string }> {
    const { polar, refresh } = this.#options
    const create = (): Promise<models.CustomerSession> => polar.customerSessions.create({ external_customer_id: workspace.id })
    const session = await create()
      .catch(async (error: unknown) => {
        // Polar knows no customer before the first checkout; the portal has a page for such a one too.
        if (!(error instanceof errors.HTTPValidationError) || customer.email === null) throw error
        await polar.customers.create({ external_id: workspace.id, email: customer.email, name: customer.name })
        return await create()
      })
      .catch(asUnavailable)
    this.#refuseForeign(session.customer_portal_url)
    refresh.watchPortal(workspace.id)
    return { url: session.customer_portal_url, expires_at: new Date(session.expires_at).toISOString() }
  }

  async findBySecret(secret: string): Promise<CheckoutRow | undefined> {
    return await this.#options.store.read.selectFrom('checkouts').selectAll().where('secret_hash', '=', hashSecret(secret)).executeTakeFirst()
  }

  async find(id: string, workspaceId?: string): Promise<CheckoutRow | undefined> {
    return await this.#options.store.read
      .selectFrom('checkouts')
      .selectAll()
      .where('id', '=', id)
      .$if(workspaceId !== undefined, (query) => query.where('workspace_id', '=', workspaceId ?? ''))
      .executeTakeFirst()
  }

  /** The person turned back. A payment that is made after all still counts. */
  async markCancelled(id: string): Promise<void> {
    await this.#options.store.write(async (unit) => {
      const row = await unit.tx
        .updateTable('checkouts')
        .set({ status: 'cancelled' })
        .where('id', '=', id)
        .where('status', '=', 'open')
        .returningAll()
        .executeTakeFirst()
      if (row !== undefined) announceCheckout(unit, row)
    })
  }

  async #insert(unit: Unit, values: Omit<CheckoutRow, 'applied'>): Promise<void> {
    const row = await unit.tx.insertInto('checkouts').values(values).returningAll().executeTakeFirstOrThrow()
    announceCheckout(unit, row)
  }

  async #settle(id: string, changes: Pick<CheckoutRow, 'status'> & Partial<Pick<CheckoutRow, 'decline_reason'>>): Promise<void> {
    await this.#options.store.write(async (unit) => {
      const row = await unit.tx.updateTable('checkouts').set(changes).where('id', '=', id).where('status', '=', 'confirmed').returningAll().executeTakeFirst()
      if (row !== undefined) announceCheckout(unit, row)
    })
  }

  #refuseForeign(url: string): void {
    if (!this.#options.mayOpen(url)) throw new Refusal('foreign_page', 'The payment provider named a page that may not be opened.', '')
  }
}

function soldAs(purchase: Exclude<Purchase, { product: 'seats' }>): Sold {
  switch (purchase.product) {
    case 'plan':
      return { plan: purchase.plan.id }
    case 'booster':
      return { booster: purchase.booster.id }
    case 'top_up':
      return 'top_up'
  }
}

function noSubscription(): Refusal {
  return new Refusal('no_subscription', 'There is no subscription to change.', 'Start a new checkout from Tidemark.')
}

/** Polar cannot be reached or does not take the request: not the fault of the one who asked. */
function asUnavailable(error: unknown): never {
  if (error instanceof Refusal) throw error
  throw new Refusal('payments_unavailable', 'The payment provider does not answer. Nothing was charged.', '', { retry_after_s: 10 })
}

function newSecret(): string {
  return randomBytes(24).toString('base64url')
}
