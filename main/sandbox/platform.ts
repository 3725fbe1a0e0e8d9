import type { Clock } from './clock.ts'
import type { Idempotency } from './http/idempotency.ts'
import type { EnvelopeRows } from './meter/envelopes/envelope-rows.ts'
import type { Payments } from './polar/payments.ts'
import type { EventHub } from './http/event-hub.ts'
import type { RequestMeter } from './meter/request-meter.ts'
import type { Store } from './store/store.ts'

/** What the routes work with. */
export type Platform = {
  /** `http://127.0.0.1:PORT`, where the pages of this platform are. */
  origin: string
  store: Store
  clock: Clock
  envelopeRows: EnvelopeRows
  events: EventHub
  idempotency: Idempotency
  payments: Payments
  requests: RequestMeter
  /** What kind of money its pages are about. */
  moneyNote: string
  report(error: unknown): void
}
