import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import type { LocalSettings } from '../store/local-settings.ts'

/** A visit is over when nobody looked for this long. */
export const VISIT_ENDS_AFTER_MS = 30 * 60_000

/** Epoch ms: when somebody last looked, and when the visit before this one was over. */
const stored = z.object({ seenAt: z.int(), since: z.int().nullable() })

/** When somebody looked at a workspace's overview. It never leaves this computer. */
export class Visits {
  readonly #settings: LocalSettings
  readonly #clock: Clock

  constructor(settings: LocalSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** @returns when the visit before this one was over; null: there was none. */
  seen(workspaceId: string): number | null {
    const now = this.#clock.now()
    const before = this.#read(workspaceId)
    // A clock that was set back must not make a visit that never ends.
    const goesOn = before !== null && now - before.seenAt < VISIT_ENDS_AFTER_MS
    const since = goesOn ? before.since : (before?.seenAt ?? null)
    this.#settings.set(keyOf(workspaceId), JSON.stringify({ seenAt: now, since }))
    return since
  }

  #read(workspaceId: string): z.output<typeof stored> | null {
    const text = this.#settings.get(keyOf(workspaceId))
    if (text === null) return null
    try {
      const parsed = stored.safeParse(JSON.parse(text))
      return parsed.success ? parsed.data : null
    } catch {
      return null
    }
  }
}

function keyOf(workspaceId: string): string {
  return `visit.${workspaceId}`
}
