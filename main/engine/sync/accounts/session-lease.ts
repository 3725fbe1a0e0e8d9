import type { Clock } from '../../base/clock.ts'
import type { ErrorCode } from '../../../../shared/contract/errors.ts'
import type { Instances } from './instances.ts'
import type { PlatformClient } from '../client/platform-client.ts'
import { type Trouble, troubleOf } from '../client/trouble.ts'

/** A session that was refused is tried again when the counters change, and now and then: another device's lease may have run out silently. */
const REFUSED_RETRY_MS = 60_000
const CLOSE_TIMEOUT_MS = 2_000

type SessionLeaseParts = {
  client: PlatformClient
  clock: Clock
  workspaceId: string
  deviceId: () => string
  /** This start, and those before it. */
  instances: Pick<Instances, 'current' | 'earlier'>
  /** Another data folder has run as this device: from now on this one is another device. */
  becomeAnotherDevice: (signal: AbortSignal) => Promise<Trouble | null>
}

export type SessionRefusal = { code: string; message: string; meter: string | null }

/** The open session of this device at one platform (seed: layer-a, "concurrent client sessions"), renewed at half its lease. */
export class SessionLease {
  readonly #client: PlatformClient
  readonly #clock: Clock
  readonly #workspaceId: string
  readonly #deviceId: () => string
  readonly #instances: SessionLeaseParts['instances']
  readonly #becomeAnotherDevice: SessionLeaseParts['becomeAnotherDevice']
  #id: string | null = null
  #refusal: SessionRefusal | null = null
  /** Monotonic time at which something is to be done; null: nothing. */
  #dueAt: number | null = null

  constructor(parts: SessionLeaseParts) {
    this.#client = parts.client
    this.#clock = parts.clock
    this.#workspaceId = parts.workspaceId
    this.#deviceId = parts.deviceId
    this.#instances = parts.instances
    this.#becomeAnotherDevice = parts.becomeAnotherDevice
  }

  get current(): string | null {
    return this.#id
  }

  /** Why there is no session, in the platform's words; null: there is one, or none was asked for. */
  get refusal(): SessionRefusal | null {
    return this.#refusal
  }

  /** Milliseconds until `keep` has something to do; null: nothing to do. */
  dueInMs(): number | null {
    return this.#dueAt === null ? null : Math.max(0, this.#dueAt - this.#clock.monotonic())
  }

  /** Opens a session, or renews the one that is open. A refusal by quota is remembered and is no trouble of the connection. */
  async keep(signal: AbortSignal): Promise<Trouble | null> {
    if (this.#id !== null) {
      const renewed = await this.#client.send(this.#workspaceId, 'renewSession', { params: { id: this.#id }, signal })
      if (renewed.kind === 'ok') {
        this.#dueAt = this.#clock.monotonic() + renewed.value.lease_s * 500
        return null
      }
      if (renewed.kind !== 'error' || (renewed.status !== 404 && renewed.status !== 410)) return troubleOf(renewed)
      // The lease ran out while this computer slept, say: a new one has to be had.
      this.#id = null
    }
    return await this.#open(signal)
  }

  /** The platform does not know the session any more. */
  noteLost(): void {
    this.#id = null
    this.#dueAt = this.#clock.monotonic()
  }

  /** Counters moved: a session that was refused may be had now. */
  reconsider(): void {
    if (this.#refusal !== null) this.#dueAt = this.#clock.monotonic()
  }

  /** Gives the place free for another device; a platform that cannot be reached ends the lease by itself. */
  async close(): Promise<void> {
    const id = this.#id
    this.#id = null
    this.#dueAt = null
    if (id !== null) await this.#client.send(this.#workspaceId, 'closeSession', { params: { id }, timeoutMs: CLOSE_TIMEOUT_MS })
  }

  async #open(signal: AbortSignal, isForked = false): Promise<Trouble | null> {
    const opened = await this.#ask(signal)
    if (!isForked && opened.kind === 'error' && opened.error?.code === ('device_forked' satisfies ErrorCode))
      return (await this.#becomeAnotherDevice(signal)) ?? (await this.#open(signal, true))
    if (opened.kind === 'ok') {
      this.#id = opened.value.id
      this.#refusal = null
      this.#dueAt = this.#clock.monotonic() + opened.value.lease_s * 500
      return null
    }
    if (opened.kind === 'error' && (opened.status === 402 || opened.status === 403 || opened.status === 429) && opened.error?.meter !== undefined) {
      this.#refusal = { code: opened.error.code, message: opened.error.message, meter: opened.error.meter }
      this.#dueAt = this.#clock.monotonic() + REFUSED_RETRY_MS
      return null
    }
    if (opened.kind === 'error' && opened.status === 404) {
      // A platform without sessions; pushes go without one.
      this.#dueAt = null
      return null
    }
    return troubleOf(opened)
  }

  async #ask(signal: AbortSignal) {
    const device_id = this.#deviceId()
    const { current, earlier } = this.#instances
    const answer = await this.#client.send(this.#workspaceId, 'openSession', { body: { device_id, instance: current, earlier: [...earlier] }, signal })
    // A platform of the first contract takes no other fields than this one.
    if (answer.kind !== 'error' || answer.status !== 400) return answer
    return await this.#client.send(this.#workspaceId, 'openSession', { body: { device_id }, signal })
  }
}
