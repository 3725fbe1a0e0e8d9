import type { Clock, Random } from '../../clock.ts'
import { signWebhook } from '../signature.ts'
import type { PolarStore } from './store/polar-store.ts'

const TRIES = 10
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 3_600_000
const TIMEOUT_MS = 10_000
/** This many failures in a row disable the endpoint, as Polar does. */
const FAILURES_TO_DISABLE = 10

export type DeliveryMode = 'normal' | 'twice' | 'never'

export type DeliveryOptions = {
  store: PolarStore
  clock: Clock
  random: Random
  endpointUrl: string
  secret: string
  mode: DeliveryMode
  report: (error: unknown) => void
}

/** Delivers webhooks: ten tries with a growing pause, any answer but a 2xx is a failure, redirects too. */
export class WebhookDelivery {
  readonly #options: DeliveryOptions
  #running: Promise<void> | null = null
  #again = false
  #stopped = false
  readonly #abort = new AbortController()

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  /** Delivers what is due; a call while one is at work makes it look once more. */
  poke(): void {
    if (this.#stopped || this.#options.mode === 'never') return
    if (this.#running !== null) {
      this.#again = true
      return
    }
    this.#running = this.#deliverDue()
      .catch(this.#options.report)
      .finally(() => {
        this.#running = null
        if (!this.#again) return
        this.#again = false
        this.poke()
      })
  }

  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#abort.abort()
    await this.#running
  }

  async #deliverDue(): Promise<void> {
    for (;;) {
      const next = await this.#takeDue()
      if (next === undefined || this.#stopped) return
      const status = await this.#send(next.id, next.body)
      if (this.#options.mode === 'twice') await this.#send(next.id, next.body)
      if (this.#stopped) return
      await this.#note(next.id, next.attempts + 1, status)
    }
  }

  #takeDue(): Promise<{ id: string; body: string; attempts: number } | undefined> {
    return this.#options.store.write(async ({ tx, now }) => {
      const { disabled_at: disabledAt } = await tx.selectFrom('webhook_endpoint').select('disabled_at').executeTakeFirstOrThrow()
      if (disabledAt !== null) return undefined
      return await tx
        .selectFrom('webhook_deliveries')
        .select(['id', 'body', 'attempts'])
        .where('next_at', '<=', now)
        .orderBy('next_at')
        .orderBy('created_at')
        .executeTakeFirst()
    })
  }

  /** @returns the status of the answer, or null where none came. */
  async #send(id: string, body: string): Promise<number | null> {
    const { clock, endpointUrl, secret } = this.#options
    try {
      const response = await fetch(endpointUrl, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...signWebhook(secret, id, clock.now(), body) },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      await response.body?.cancel()
      return response.status
    } catch {
      return null
    }
  }

  async #note(id: string, attempts: number, status: number | null): Promise<void> {
    const { store, random } = this.#options
    const delivered = status !== null && status >= 200 && status < 300
    await store.write(async ({ tx, now }) => {
      const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 4 ** (attempts - 1)) * (0.5 + random() / 2)
      await tx
        .updateTable('webhook_deliveries')
        .set({
          attempts,
          last_status: status,
          delivered_at: delivered ? now : null,
          next_at: delivered || attempts >= TRIES ? null : now + Math.round(pauseMs),
        })
        .where('id', '=', id)
        .execute()
      const { failures_in_a_row: failures } = await tx.selectFrom('webhook_endpoint').select('failures_in_a_row').executeTakeFirstOrThrow()
      const inARow = delivered ? 0 : failures + 1
      await tx
        .updateTable('webhook_endpoint')
        .set({ failures_in_a_row: inARow, disabled_at: inARow >= FAILURES_TO_DISABLE ? now : null })
        .execute()
    })
  }
}
