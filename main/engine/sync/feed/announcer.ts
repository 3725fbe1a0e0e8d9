import type { Connection, ConsoleEvent } from '../../../../shared/contract/console.ts'
import type { Clock } from '../../base/clock.ts'

/** At most four `cache.changed` a second and workspace: a drain changes counters far more often than a page can draw. */
const QUIET_MS = 250
/** The age of the cache moves all the time; a page is told now and then. */
const AGE_STEP_MS = 5_000
const CLOCK_STEP_MS = 1_000

/** Tells the pages of one workspace what changed, and not more often than they can use it. */
export class Announcer {
  readonly #workspaceId: string
  readonly #clock: Clock
  readonly #emit: (event: ConsoleEvent) => void
  readonly #topics = new Set<string>()
  #quiet = false
  #cancel: () => void = () => undefined
  #told: Connection | null = null

  constructor(workspaceId: string, clock: Clock, emit: (event: ConsoleEvent) => void) {
    this.#workspaceId = workspaceId
    this.#clock = clock
    this.#emit = emit
  }

  cacheChanged(topics: Iterable<string>): void {
    for (const topic of topics) this.#topics.add(topic)
    if (!this.#quiet) this.#flush()
  }

  connectionChanged(connection: Connection): void {
    if (this.#told !== null && !worthTelling(this.#told, connection)) return
    this.#told = connection
    this.#emit({ event: 'connection.changed', payload: { workspaceId: this.#workspaceId, connection } })
  }

  stop(): void {
    this.#cancel()
    this.#topics.clear()
    this.#quiet = true
  }

  #flush(): void {
    if (this.#topics.size === 0) return
    const topics = [...this.#topics]
    this.#topics.clear()
    this.#quiet = true
    this.#cancel = this.#clock.after(QUIET_MS, () => {
      this.#quiet = false
      this.#flush()
    })
    this.#emit({ event: 'cache.changed', payload: { workspaceId: this.#workspaceId, topics } })
  }
}

function worthTelling(before: Connection, now: Connection): boolean {
  return (
    before.state !== now.state ||
    before.detail !== now.detail ||
    before.live !== now.live ||
    before.retryAt !== now.retryAt ||
    before.isAgeUnknown !== now.isAgeUnknown ||
    moved(before.asOf, now.asOf, AGE_STEP_MS) ||
    moved(before.clockOffsetMs, now.clockOffsetMs, CLOCK_STEP_MS)
  )
}

function moved(before: number | null, now: number | null, step: number): boolean {
  return before === null || now === null ? before !== now : Math.abs(now - before) >= step
}
