import type { ItemKind } from '../../../../shared/contract/console.ts'
import type { PreparedCall } from '../../sync/client/platform-client.ts'
import type { WorkspaceDrainOptions } from './drainer-options.ts'
import type { MeterView } from './hold-release.ts'
import { type PushAnswer, type PushEnvelope, sendSingle, type SingleAnswer } from './requests.ts'
import type { Taken } from '../queue/item-transitions.ts'

/** What is sent in one request. */
export type PreparedBatch = { kind: ItemKind; taken: Taken[]; envelopes: Map<number, PushEnvelope>; held: boolean }
/** A push as it will leave, and as whom: with another session it has to be written again. */
type PreparedPush = { call: PreparedCall<'push'>; deviceId: string; sessionId: string | null }
/** Marked as being sent. `meters`: what was known when it left; only newer news lead to another try after a refusal. */
export type InFlightBatch = { work: PreparedBatch; pushNo: number; meters: readonly MeterView[]; written: PreparedPush | null }
export type Reply = { push: PushAnswer } | { single: SingleAnswer }

/** So many turns of the event loop at most pass until a request is handed to a connection that is open. */
const LEAVING_TURNS = 8

/** How the requests of one workspace leave. Which ones leave, and what becomes of their answers, the drain decides. */
export class PushSender {
  readonly #parts: WorkspaceDrainOptions
  readonly #abort = new AbortController()

  constructor(parts: WorkspaceDrainOptions) {
    this.#parts = parts
  }

  /**
   * Sends it, and comes back when it is being written to its connection: what this disk has to do then is done while the
   * platform works. Where no connection is open, it comes back all the same.
   */
  async leave(going: InFlightBatch): Promise<{ reply: Promise<Reply> }> {
    going.meters = this.metersNow()
    let left = false
    const reply = this.#send(going, () => {
      left = true
    })
    for (let turn = 0; turn < LEAVING_TURNS && !left; turn += 1) await nextTurn()
    return { reply }
  }

  async #send({ work, written }: InFlightBatch, onLeave: () => void): Promise<Reply> {
    const { client, workspaceId } = this.#parts
    const [first] = work.taken
    const { signal } = this.#abort
    try {
      if (work.kind !== 'envelope' && first) return { single: await sendSingle(client, first, signal) }
      const isCurrent = written !== null && written.deviceId === this.#deviceId() && written.sessionId === this.#sessionId()
      const { call } = isCurrent ? written : this.#written(work)
      return { push: await call.send(workspaceId, { signal, onLeave }) }
    } catch (error) {
      // The client throws only for what must not leave as it is; nothing was sent.
      const message = error instanceof Error ? error.message : String(error)
      return { single: { kind: 'error', status: 400, error: { code: 'not_sendable', message }, retryAfterMs: null } }
    }
  }

  /** Checked and written down while the one before it is on its way: between two pushes the platform waits for us. */
  writeDown(going: InFlightBatch): void {
    if (going.work.kind !== 'envelope' || going.written !== null) return
    try {
      going.written = this.#written(going.work)
    } catch {
      // What may not leave as it is: `#send` meets the same error, when it is this one's turn.
    }
  }

  #written({ taken, envelopes }: PreparedBatch): PreparedPush {
    const deviceId = this.#deviceId()
    const sessionId = this.#sessionId()
    const body = { device_id: deviceId, session_id: sessionId, envelopes: taken.flatMap(({ item }) => envelopes.get(item.sequence) ?? []) }
    return { call: this.#parts.client.prepare('push', { body }), deviceId, sessionId }
  }

  #deviceId(): string {
    return this.#parts.deviceId(this.#parts.workspaceId)
  }

  #sessionId(): string | null {
    return this.#parts.sessions.current(this.#parts.workspaceId)
  }

  metersNow(): readonly MeterView[] {
    return [...this.#parts.quota.meters(this.#parts.workspaceId)]
  }

  /** Ends what is on its way, and everything after it. */
  breakOff(): void {
    this.#abort.abort()
  }
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
