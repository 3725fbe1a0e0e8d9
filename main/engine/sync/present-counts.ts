import type { DeviceSummary } from '../../../shared/contract/platform.ts'
import type { Clock } from '../base/clock.ts'
import type { Answer } from './client/answer.ts'
import type { PlatformClient } from './client/platform-client.ts'

/** A page that shows the audit during a drain asks at each of its steps; the platform is asked once a second. */
const SAME_MOMENT_MS = 1_000
/** A person waits for it. */
const TIMEOUT_MS = 5_000

/** What a platform has of a device at this moment, asked of the platform itself: a count that was cached may be of a history that is no more. */
export class PresentCounts {
  readonly #client: PlatformClient
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #asked = new Map<string, { at: number; answer: Promise<Answer<DeviceSummary>> }>()

  constructor(client: PlatformClient, clock: Pick<Clock, 'monotonic'>) {
    this.#client = client
    this.#clock = clock
  }

  ask(workspaceId: string, deviceId: string): Promise<Answer<DeviceSummary>> {
    const key = `${workspaceId}/${deviceId}`
    const now = this.#clock.monotonic()
    const known = this.#asked.get(key)
    if (known !== undefined && now - known.at < SAME_MOMENT_MS) return known.answer
    const answer = this.#client.send(workspaceId, 'readSummary', { params: { id: deviceId }, timeoutMs: TIMEOUT_MS })
    this.#asked.set(key, { at: now, answer })
    return answer
  }
}
