import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { CallOutput, Checkout, ConsoleEvent } from '../../../../shared/contract/console.ts'
import type { Clock } from '../../base/clock.ts'
import { ConsoleFailure } from '../../base/failure.ts'
import { checkoutDelayMs } from '../client/backoff.ts'
import { isFinal, mayFollow, standingOf } from './checkout-state.ts'
import type { CheckoutStore } from './checkout-store.ts'
import type { Documents, TopicBody } from '../documents/documents.ts'
import type { PlatformClient } from '../client/platform-client.ts'
import { failureOf } from '../client/refusal.ts'
import { sleep } from '../../base/sleep.ts'
import type { WorkspaceRegistry } from '../accounts/workspace-registry.ts'
import { orderInWords, orderToWire } from './order.ts'
import { catalogFromWire } from '../../../../shared/billing/catalog-wire.ts'
import { openableAddress } from '../../../../shared/contract/external-url.ts'
import { limitFromWire, limitToNullable } from '../../../../shared/billing/limit.ts'
import { meterFacts } from '../../../../shared/billing/meter-facts.ts'
import type { Order } from '../../../../shared/contract/console/offers.ts'
import type { previewResponse } from '../../../../shared/contract/platform/purchase.ts'

export type CheckoutsParts = {
  client: PlatformClient
  registry: WorkspaceRegistry
  documents: Documents
  store: CheckoutStore
  clock: Clock
  trustedLoopbackOrigins: readonly string[]
  emit(event: ConsoleEvent): void
  /** The new plan is in force: read the changes now. */
  onDone(workspaceId: string): void
}

/** While nobody is signed in, asking every few seconds only collects refusals. */
const SIGNED_OUT_DELAY_MS = 60_000

/** Opens checkouts and watches the one in flight of each workspace until it is paid, declined, cancelled or expired. */
export class Checkouts {
  readonly #parts: CheckoutsParts
  readonly #watches = new Map<string, AbortController>()

  constructor(parts: CheckoutsParts) {
    this.#parts = parts
  }

  /** Goes on watching what was in flight when the console was closed. */
  resume(): void {
    for (const { id } of this.#parts.registry.list()) {
      const stored = this.#parts.store.read(id)
      if (stored !== null && !isFinal(stored.state)) this.#watch(id, stored.id)
    }
  }

  stop(): void {
    for (const watch of this.#watches.values()) watch.abort()
    this.#watches.clear()
  }

  status(workspaceId: string): Checkout | null {
    return this.#parts.store.read(workspaceId)
  }

  /** Opens a checkout at the platform. Each click is one of its own. @throws ConsoleFailure also when the page's address may not be opened. */
  async start(workspaceId: string, { quoteId, ...order }: Omit<Order, 'cancel'> & { quoteId?: string | undefined }): Promise<Checkout> {
    const { client, documents, store, clock } = this.#parts
    const { cancel: _, ...body } = orderToWire(order)
    const confirmed = { ...body, ...(quoteId === undefined ? {} : { quote_id: quoteId }) }
    const answer = await client.send(workspaceId, 'createCheckout', { body: confirmed, idempotencyKey: randomUUID() })
    if (answer.kind !== 'ok') throw failureOf(answer)
    const url = this.pageAddress(answer.value.url)
    const opened: Checkout = {
      id: answer.value.id,
      ...orderInWords(order, documents.read(workspaceId, 'plans')),
      url,
      state: 'waiting_for_payment',
      detail: null,
      createdAt: clock.now(),
    }
    store.write(workspaceId, opened)
    this.#announce(workspaceId, opened)
    this.#watch(workspaceId, opened.id)
    return opened
  }

  /** Forgets it on this computer. What is paid at the platform counts all the same: the plan comes with the changes. */
  dismiss(workspaceId: string): void {
    this.#watches.get(workspaceId)?.abort()
    this.#watches.delete(workspaceId)
    this.#parts.store.remove(workspaceId)
    this.#announce(workspaceId, null)
  }

  /** The feed of changes brought news of a checkout. */
  noteChanges(workspaceId: string): void {
    const stored = this.#parts.store.read(workspaceId)
    if (stored === null) return
    const document = this.#parts.documents.read(workspaceId, 'checkout', stored.id)
    if (document !== null) this.#observe(workspaceId, document)
  }

  /** A link to the customer portal. It carries a token: it is handed over to be opened, and neither stored nor logged. */
  async portal(workspaceId: string): Promise<{ url: string }> {
    const answer = await this.#parts.client.send(workspaceId, 'openPortal', {})
    if (answer.kind !== 'ok') throw failureOf(answer)
    return { url: this.pageAddress(answer.value.url) }
  }

  /** What a change of plan costs today and what would be over its limit. */
  async preview(workspaceId: string, { tenantId, ...order }: Order & { tenantId?: string | undefined }): Promise<CallOutput<'billing.preview'>> {
    const query = tenantId === undefined ? {} : { tenant: tenantId }
    const answer = await this.#parts.client.send(workspaceId, 'previewChange', { query, body: orderToWire(order) })
    if (answer.kind !== 'ok') throw failureOf(answer)
    const { value } = answer
    const plans = this.#parts.documents.read(workspaceId, 'plans')
    const facts = (meter: string) => meterFacts(plans === null ? { meters: [] } : catalogFromWire(plans), meter)
    return {
      planId: value.plan,
      quote: quoteOf(value),
      dueTodayCents: value.due_today_cents,
      creditCents: value.credit_cents,
      priceCents: value.price_cents,
      recurringCents: value.recurring_cents === undefined ? value.price_cents : value.recurring_cents,
      currency: value.currency,
      effective: value.effective,
      periodEnd: Date.parse(value.period.end),
      wouldBeOver: value.would_be_over.map(({ meter, used, limit }) => ({ ...facts(meter), used, limit: limitToNullable(limitFromWire(limit)) })),
      limits: (value.limits ?? []).map(({ meter, from, to }) => ({
        ...facts(meter),
        from: limitToNullable(limitFromWire(from)),
        to: limitToNullable(limitFromWire(to)),
      })),
    }
  }

  /** @returns the address as it was read here. @throws ConsoleFailure for a page that the console does not open */
  pageAddress(url: string): string {
    const address = openableAddress(url, this.#parts.trustedLoopbackOrigins)
    if (address !== null) return address
    throw new ConsoleFailure(
      'untrusted_page',
      'The platform names a page that is neither Polar’s nor the embedded sandbox’s. It was not opened.',
      'Tell the platform’s operator. Nothing was charged.',
    )
  }

  #watch(workspaceId: string, checkoutId: string): void {
    this.#watches.get(workspaceId)?.abort()
    const watch = new AbortController()
    this.#watches.set(workspaceId, watch)
    void this.#poll(workspaceId, checkoutId, watch.signal)
  }

  async #poll(workspaceId: string, checkoutId: string, signal: AbortSignal): Promise<void> {
    const { client, store, clock } = this.#parts
    for (let question = 0; ; question += 1) {
      const answer = await client.send(workspaceId, 'readCheckout', { params: { id: checkoutId }, signal })
      if (signal.aborted) return
      if (answer.kind === 'ok') this.#observe(workspaceId, answer.value)
      else if (answer.kind === 'error' && answer.status === 404)
        this.#become(workspaceId, checkoutId, { state: 'expired', detail: 'The platform does not know this checkout any more.' })
      const stored = store.read(workspaceId)
      if (stored === null || stored.id !== checkoutId || isFinal(stored.state)) return
      const signedOut = answer.kind === 'no_token' || (answer.kind === 'error' && (answer.status === 401 || answer.status === 403))
      const askedToWait = answer.kind === 'error' ? (answer.retryAfterMs ?? 0) : 0
      await sleep(clock, Math.max(askedToWait, signedOut ? SIGNED_OUT_DELAY_MS : checkoutDelayMs(question)), signal)
      if (signal.aborted) return
    }
  }

  #observe(workspaceId: string, document: TopicBody<'checkout'>): void {
    const { store } = this.#parts
    const stored = store.read(workspaceId)
    if (stored === null || stored.id !== document.id) return
    if (document.amount_cents !== stored.amountCents || document.currency !== stored.currency) {
      store.write(workspaceId, { ...stored, amountCents: document.amount_cents, currency: document.currency })
      this.#announce(workspaceId, store.read(workspaceId))
    }
    this.#become(workspaceId, document.id, standingOf(document))
  }

  #become(workspaceId: string, checkoutId: string, standing: Pick<Checkout, 'state' | 'detail'>): void {
    const { store, onDone } = this.#parts
    const stored = store.read(workspaceId)
    if (stored === null || stored.id !== checkoutId || !mayFollow(stored.state, standing.state)) return
    if (stored.state === standing.state && stored.detail === standing.detail) return
    const next = { ...stored, ...standing }
    store.write(workspaceId, next)
    this.#announce(workspaceId, next)
    if (next.state === 'done') onDone(workspaceId)
    if (isFinal(next.state)) {
      this.#watches.get(workspaceId)?.abort()
      this.#watches.delete(workspaceId)
    }
  }

  #announce(workspaceId: string, value: Checkout | null): void {
    this.#parts.emit({ event: 'checkout.changed', payload: { workspaceId, checkout: value } })
  }
}

function quoteOf({
  quote_id: id,
  due_cents: dueCents,
  lines,
  expires_at: expiresAt,
}: z.output<typeof previewResponse>): CallOutput<'billing.preview'>['quote'] {
  if (id === undefined || dueCents === undefined || lines === undefined || expiresAt === undefined) return null
  return {
    id,
    dueCents,
    lines: lines.map(({ kind, label, amount_cents: amountCents }) => ({ kind, label, amountCents })),
    expiresAt: Date.parse(expiresAt),
  }
}
