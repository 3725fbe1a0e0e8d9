import type { ItemKind } from '../../../../shared/contract/console.ts'
import type { PreparedCall } from '../../sync/client/platform-client.ts'
import type { InFlightItem, ReadyItem } from '../queue/delivery-port.ts'
import type { WorkspaceDrainOptions } from './drainer-options.ts'
import type { MeterView } from './hold-release.ts'
import { type PushAnswer, type PushEnvelope, sendSingle, type SingleAnswer } from './requests.ts'

/** What is sent in one request, read and in the form that travels. `inSpiteOfHold`: the platform is asked whether it has room again. */
export type PreparedBatch = { kind: ItemKind; items: readonly ReadyItem[]; envelopes: ReadonlyMap<number, PushEnvelope>; inSpiteOfHold: boolean }
/** A push as it will leave, and as whom: with another session it has to be written again. */
type PreparedPush = { call: PreparedCall<'push'>; deviceId: string; sessionId: string | null }
/** Marked as being sent. `meters`: what was known when it left; only newer news lead to another try after a refusal. */
export type InFlightBatch = Omit<PreparedBatch, 'items'> & {
  items: readonly InFlightItem[]
  pushNo: number
  meters: readonly MeterView[]
  push: PreparedPush | null
}
export type PushReply = { push: PushAnswer } | { single: SingleAnswer }
/** It left, and its answer is waited for. */
export type SentBatch = { batch: InFlightBatch; reply: Promise<PushReply> }

/** So many turns of the event loop at most pass until a request is handed to a connection that is open. */
const LEAVING_TURNS = 8

/** How the requests of one workspace leave. Which ones leave, and what becomes of their answers, the drain decides. */
export class PushSender {
  readonly #options: WorkspaceDrainOptions
  readonly #abort = new AbortController()

  constructor(options: WorkspaceDrainOptions) {
    this.#options = options
  }

  /**
   * Sends it, and comes back when it is being written to its connection: what this disk has to do then is done while the
   * platform works. Where no connection is open, it comes back all the same.
   */
  async leave(batch: InFlightBatch): Promise<SentBatch> {
    batch.meters = this.metersNow()
    let left = false
    const reply = this.#send(batch, () => {
      left = true
    })
    for (let turn = 0; turn < LEAVING_TURNS && !left; turn += 1) await yieldToEventLoop()
    return { batch, reply }
  }

  async #send(batch: InFlightBatch, onLeave: () => void): Promise<PushReply> {
    const { client, workspaceId } = this.#options
    const [first] = batch.items
    const { signal } = this.#abort
    try {
      if (batch.kind !== 'envelope' && first) return { single: await sendSingle(client, first.item, signal) }
      const { push } = batch
      const isCurrent = push !== null && push.deviceId === this.#deviceId() && push.sessionId === this.#sessionId()
      if (!isCurrent) batch.push = this.#prepared(batch)
      const sent = batch.push
      if (sent === null) throw new Error('nothing was prepared')
      return { push: await sent.call.send(workspaceId, { signal, onLeave }) }
    } catch (error) {
      // The client throws only for what must not leave as it is; nothing was sent.
      return { single: { kind: 'not_serialisable', message: error instanceof Error ? error.message : String(error) } }
    }
  }

  /** Checked and written down while the one before it is on its way: between two pushes the platform waits for us. */
  prepare(batch: InFlightBatch): void {
    if (batch.kind !== 'envelope' || batch.push !== null) return
    try {
      batch.push = this.#prepared(batch)
    } catch {
      // What may not leave as it is: `#send` meets the same error, when it is this one's turn.
    }
  }

  #prepared({ items, envelopes }: InFlightBatch): PreparedPush {
    const deviceId = this.#deviceId()
    const sessionId = this.#sessionId()
    const body = { device_id: deviceId, session_id: sessionId, envelopes: items.flatMap(({ item }) => envelopes.get(item.sequence) ?? []) }
    return { call: this.#options.client.prepare('push', { body }), deviceId, sessionId }
  }

  #deviceId(): string {
    return this.#options.deviceId(this.#options.workspaceId)
  }

  #sessionId(): string | null {
    return this.#options.sessions.current(this.#options.workspaceId)
  }

  metersNow(): readonly MeterView[] {
    return [...this.#options.quota.meters(this.#options.workspaceId)]
  }

  /** Ends what is on its way, and everything after it. */
  breakOff(): void {
    this.#abort.abort()
  }
}

export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
