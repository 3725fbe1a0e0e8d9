import { randomBytes, randomUUID } from 'node:crypto'
import { errors, type models, type Polar } from '@polar-sh/sdk/2026-10'
import type { Plan } from '../../../shared/billing/catalog.ts'
import type { SignedIn } from '../http/environment.ts'
import { hashSecret } from '../http/sign-in.ts'
import { Refusal } from '../http/failure.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import type { CheckoutRow } from '../store/purchase-tables.ts'
import type { Store, Unit } from '../store/store.ts'
import type { Customer } from '../invoices/customer.ts'
import type { Products, Sold } from './products.ts'
import { CENTS_PER_AU, columnsOf, type Purchase, purchaseOf, purchaseWords } from '../purchases/purchase.ts'
import { noteAct } from '../audit/acts.ts'
import { refuseSenseless } from '../purchases/purchase-request.ts'
import { heldQuote, makeQuote, type Quote } from '../purchases/quotes.ts'
import { notePortalSession, type PortalAction, refuseRightsNobodyLimits } from './portal-rights.ts'
import type { CustomerRefresh } from './refresh.ts'
import { announceCheckout } from './settle-checkout.ts'

const CHANGE_MS = 24 * 3_600_000

/** What became of a change that somebody confirmed. `changed`: it costs something else now, or (null) there is nothing to change any more. */
export type ConfirmedChange = { kind: 'done' } | { kind: 'declined'; problem: string } | { kind: 'changed'; quote: Quote | null }

export type PaymentsOptions = {
  store: Store
  polar: Polar
  products: Products
  refresh: CustomerRefresh
  /** Where this platform's own pages are. */
  origin: string
  /** Whether a page that Polar names may be handed on. */
  mayOpen: (url: string) => boolean
  /** What the portal of the real Polar allows about plans, whoever opens it; null: the embedded one, which asks for each member. */
  portalAllows: readonly PortalAction[] | null
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
    quote: Quote | null,
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
        amount_cents: quote?.due_cents ?? checkout.total_amount,
        currency: checkout.currency,
        quote_id: quote?.quote_id ?? null,
        secret_hash: hashSecret(secret),
        decline_reason: null,
        created_at: unit.now,
        expires_at: Date.parse(checkout.expires_at),
      }),
    )
    return { id: checkout.id, url: checkout.url }
  }

  /** A change between paid plans, or of the seats, is confirmed on a page of this platform, with the amount, and is then an update of the one subscription. */
  async startChange(
    account: Account,
    purchase: Extract<Purchase, { product: 'plan' | 'seats' }>,
    memberId: string,
    quote: Quote,
  ): Promise<{ id: string; url: string }> {
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
        amount_cents: quote.due_cents,
        currency: account.plan.currency,
        quote_id: quote.quote_id,
        secret_hash: hashSecret(secret),
        decline_reason: null,
        created_at: unit.now,
        expires_at: unit.now + CHANGE_MS,
      }),
    )
    return { id, url: `${origin}/checkout/change/${id}?key=${secret}` }
  }

  /**
   * Carries out a change that was confirmed with that quote. Whoever comes second finds it no longer open, so it is asked for once; where the
   * answer is lost, the look at Polar afterwards tells.
   */
  async confirmChange(row: CheckoutRow, quoteId: string): Promise<ConfirmedChange> {
    const { store } = this.#options
    // What was bought elsewhere, without a webhook that told of it, is another state than the quoted one.
    await this.look(row.workspace_id)
    const taken = await store.write(async (unit) => {
      const account = await openAccount(unit, row.workspace_id)
      const { workspace, catalog } = account
      const purchase = purchaseOf(row, catalog)
      const current = await unit.tx.selectFrom('checkouts').select('status').where('id', '=', row.id).executeTakeFirst()
      if (current?.status !== 'open') return { kind: 'done' as const }
      const quote = await heldQuote(unit, account, purchase, quoteId)
      if (quote === null) return { kind: 'changed' as const, ...(await this.#quoteAnew(unit, account, row, purchase)) }
      const confirmed = await unit.tx.updateTable('checkouts').set({ status: 'confirmed' }).where('id', '=', row.id).returningAll().executeTakeFirstOrThrow()
      announceCheckout(unit, confirmed)
      return { kind: 'taken' as const, subscriptionId: workspace.subscription_id, catalogId: catalog.id, purchase }
    })
    if (taken.kind !== 'taken') return taken
    try {
      if (taken.subscriptionId === null) throw noSubscription()
      await this.#changeSubscription(taken.subscriptionId, taken.catalogId, taken.purchase)
      await this.#settle(row.id, { status: 'succeeded' })
    } catch (error) {
      const declined = error instanceof errors.SubscriptionsUpdate402Error
      await this.#settle(row.id, { status: 'open', decline_reason: declined ? 'The payment was declined. Nothing was charged.' : null })
      if (declined) return { kind: 'declined', problem: 'The payment was declined. Nothing was charged. Change the card in the customer portal.' }
      return asUnavailable(error)
    } finally {
      await this.look(row.workspace_id)
    }
    return { kind: 'done' }
  }

  /** The quote that the page of a change shows: the one that it was opened with, or what it costs now. Null: there is nothing to change any more. */
  async quoteOfChange(row: CheckoutRow): Promise<{ quote: Quote; isNew: boolean } | null> {
    return await this.#options.store.write(async (unit) => {
      const account = await openAccount(unit, row.workspace_id)
      const purchase = purchaseOf(row, account.catalog)
      const held = row.quote_id === null ? null : await heldQuote(unit, account, purchase, row.quote_id)
      if (held !== null) return { quote: held, isNew: false }
      const { quote } = await this.#quoteAnew(unit, account, row, purchase)
      return quote === null ? null : { quote, isNew: true }
    })
  }

  /** A change that makes no sense any more (of a smaller plan than the one in force now, say) is closed. */
  async #quoteAnew(unit: Unit, account: Account, row: CheckoutRow, purchase: Purchase): Promise<{ quote: Quote | null }> {
    const why = whySenseless(account, purchase)
    const quote = why === null ? await makeQuote(unit, account, purchase) : null
    const changes = quote === null ? { status: 'expired' as const } : { quote_id: quote.quote_id, amount_cents: quote.due_cents }
    const changed = await unit.tx.updateTable('checkouts').set(changes).where('id', '=', row.id).where('status', '=', 'open').returningAll().executeTakeFirst()
    if (changed !== undefined) announceCheckout(unit, changed)
    return { quote }
  }

  /**
   * Changes to another plan without a page to confirm it on: somebody who may has said so already. A larger plan is charged
   * now, a smaller one begins with the next period.
   */
  async changePlan({ workspace, catalog }: Account, plan: Plan, effective: 'now' | 'period_end', memberId: string): Promise<void> {
    const { polar, products, store } = this.#options
    if (workspace.subscription_id === null) throw noSubscription()
    await store.write((unit) =>
      noteAct(unit, {
        workspaceId: workspace.id,
        memberId,
        via: 'approval',
        expects: effective === 'now' ? { kind: 'plan', planId: plan.id } : plan.priceCents === 0 ? { kind: 'cancel' } : { kind: 'schedule', planId: plan.id },
        untilMs: unit.now + CHANGE_MS,
      }),
    )
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
  async endWithPeriod({ workspace }: Account, memberId: string): Promise<void> {
    const { store } = this.#options
    if (workspace.subscription_id === null) return
    await store.write((unit) =>
      noteAct(unit, { workspaceId: workspace.id, memberId, via: 'approval', expects: { kind: 'cancel' }, untilMs: unit.now + CHANGE_MS }),
    )
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

  /** A link to the customer portal for the rights of whoever clicked, made on click, never stored or logged. @throws Refusal 403 where a portal would give more. */
  async openPortal(account: Account, customer: Customer, opener: SignedIn): Promise<{ url: string; expires_at: string }> {
    const { polar, refresh, store, portalAllows } = this.#options
    const { workspace } = account
    if (portalAllows !== null) refuseRightsNobodyLimits(account, opener, portalAllows)
    const create = (): Promise<models.CustomerSession> => polar.customerSessions.create({ external_customer_id: workspace.id })
    const session = await create()
      .catch(async (error: unknown) => {
        // Polar knows no customer before the first checkout; the portal has a page for such a one too.
        if (!(error instanceof errors.HTTPValidationError) || customer.email === null) throw error
        // Of two who open it at once, the second finds the customer made: whether it is there is seen by the session itself.
        await polar.customers.create({ external_id: workspace.id, email: customer.email, name: customer.name }).catch((refusal: unknown) => {
          if (!(refusal instanceof errors.HTTPValidationError)) throw refusal
        })
        return await create()
      })
      .catch(asUnavailable)
    this.#refuseForeign(session.customer_portal_url)
    const expiresMs = Date.parse(session.expires_at)
    await store.write(async (unit) =>
      notePortalSession(unit, await openAccount(unit, workspace.id), opener, { id: session.id, expiresMs }, portalAllows !== null),
    )
    refresh.watchPortal(workspace.id)
    return { url: session.customer_portal_url, expires_at: new Date(expiresMs).toISOString() }
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

  async #insert(unit: Unit, values: Omit<CheckoutRow, 'applied' | 'order_id'>): Promise<void> {
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

function whySenseless(account: Account, purchase: Purchase): Refusal | null {
  try {
    refuseSenseless(account, purchase)
    return null
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
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
