import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Catalog } from '../../../../shared/billing/catalog.ts'
import type { Clock, Random } from '../../clock.ts'
import { settleCheckouts } from './checkouts.ts'
import { type DeliveryMode, WebhookDelivery } from './delivery.ts'
import { offerProducts } from './offers.ts'
import { WebhookOutbox } from './outbox.ts'
import { type PastSubscription, writePast } from './past.ts'
import type { PortalDoor } from './portal-door.ts'
import { PolarStore, type PolarUnit } from './store/polar-store.ts'
import { renewSubscriptions } from './subscriptions.ts'

export type EmbeddedPolarOptions = {
  path: string
  clock: Clock
  random: Random
  /** `http://127.0.0.1:PORT`. */
  origin: string
  deliverWebhooks: DeliveryMode
  settleMs: number
  /** What is sold. */
  catalogs: readonly Catalog[]
  report: (error: unknown) => void
}

/**
 * The part of Polar that the platform uses, on this computer: the API for Polar's own SDK, a checkout page, a customer
 * portal and signed webhooks. No money moves and no account is needed.
 */
export class EmbeddedPolar {
  readonly origin: string
  readonly clock: Clock
  readonly settleMs: number
  /** Where the API is: the SDK's `baseUrl`. */
  readonly baseUrl: string
  /** The organisation's token and the secret of its webhook endpoint; made anew with every start, known to this process only. */
  readonly accessToken = `polar_oat_${randomBytes(24).toString('base64url')}`
  readonly webhookSecret = `whsec_${randomBytes(24).toString('base64')}`
  readonly outbox: WebhookOutbox
  /** Null: every session may do everything, as at the real Polar. */
  door: PortalDoor | null = null
  readonly #store: PolarStore
  readonly #delivery: WebhookDelivery
  readonly #pageKey = randomBytes(32)
  readonly #catalogs: readonly Catalog[]

  constructor({ path, clock, random, origin, deliverWebhooks, settleMs, catalogs, report }: EmbeddedPolarOptions) {
    this.origin = origin
    this.clock = clock
    this.settleMs = settleMs
    this.#catalogs = catalogs
    this.baseUrl = `${origin}/polar`
    this.outbox = new WebhookOutbox(this.baseUrl)
    this.#store = new PolarStore(path, clock)
    this.#delivery = new WebhookDelivery({
      store: this.#store,
      clock,
      random,
      endpointUrl: `${origin}/webhooks/polar`,
      secret: this.webhookSecret,
      mode: deliverWebhooks,
      report,
    })
    this.#store.onWebhooks(() => this.#delivery.poke())
  }

  /** @param past subscriptions that began before this server did, with an order for each of their periods; what is known of them already stays as it is. */
  async start(past: readonly PastSubscription[] = []): Promise<void> {
    await this.#store.write(async (unit) => {
      await offerProducts(unit, this.#catalogs)
      for (const subscription of past) await writePast(unit, subscription)
      // A person switches a disabled endpoint on again; here that is a new start.
      await unit.tx.updateTable('webhook_endpoint').set({ failures_in_a_row: 0, disabled_at: null }).execute()
    })
    await this.tick()
  }

  /** Reads and writes, after time has done what it does to checkouts and subscriptions. */
  write<T>(work: (unit: PolarUnit) => Promise<T>): Promise<T> {
    return this.#store.write(async (unit) => {
      await settleCheckouts(unit, this.outbox)
      await renewSubscriptions(unit, this.outbox)
      return await work(unit)
    })
  }

  /** Takes events before time does what it does: what was used until a cycle is on that cycle's order, however late it is made here. */
  async take<T>(work: (unit: PolarUnit) => Promise<T>): Promise<T> {
    return await this.#store.write(work)
  }

  /** Lets time pass also when nobody asks, and tries again what could not be delivered. */
  async tick(): Promise<void> {
    await this.write(async () => undefined)
    this.#delivery.poke()
  }

  /** Proves that a form or link was made by this server for that purpose. */
  seal(purpose: string): string {
    return createHmac('sha256', this.#pageKey).update(purpose).digest('base64url')
  }

  isSealed(purpose: string, seal: unknown): boolean {
    const expected = Buffer.from(this.seal(purpose))
    const given = Buffer.from(typeof seal === 'string' ? seal : '')
    return expected.length === given.length && timingSafeEqual(expected, given)
  }

  /** Waits for the deliveries that are under way. */
  async settled(): Promise<void> {
    await this.#delivery.settled()
  }

  async stop(): Promise<void> {
    await this.#delivery.stop()
    await this.#store.close()
  }
}

export function hashToken(token: string): string {
  return hash('sha256', token)
}
