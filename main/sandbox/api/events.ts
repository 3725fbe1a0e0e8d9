import { streamSSE } from 'hono/streaming'
import type { z } from 'zod'
import type { heartbeatEvent } from '../../../shared/contract/platform.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { refusals, security } from '../http/route.ts'
import { memberOf } from '../http/sign-in.ts'
import type { Platform } from '../platform.ts'
import { feedCursor } from '../store/changes.ts'

export const HEARTBEAT_MS = 15_000

/**
 * Server-sent events: `{ "topic" }` when something moved, never the data itself, and a heartbeat with the feed's present cursor,
 * which confirms what a console shows only if it has read up to there. The line is closed when the token has run out or is revoked, which is looked up with every heartbeat and poke.
 */
export function eventRoutes(platform: Platform): Routes {
  const routes = makeRoutes()
  routes.openAPIRegistry.registerPath({
    method: 'get',
    path: '/v1/sync/events',
    summary: 'A line on which the platform says which topic moved, without data',
    security,
    responses: { 200: { description: 'Server-sent events', content: { 'text/event-stream': { schema: { type: 'string' } } } }, ...refusals },
  })
  routes.get('/v1/sync/events', (context) => {
    const signedIn = context.get('signedIn')
    return streamSSE(context, async (stream) => {
      const mailbox = new Mailbox()
      const stopListening = platform.events.listen(signedIn.workspaceId, (topics) => mailbox.add(topics))
      stream.onAbort(() => mailbox.close())
      try {
        await stream.write(': connected\n\n')
        while (!stream.aborted && !mailbox.closed) {
          const topics = await mailbox.take(platform, waitMs(platform, signedIn))
          if (!(await isSignedIn(platform, signedIn))) break
          if (topics.length === 0) await stream.writeSSE({ event: 'heartbeat', data: JSON.stringify(await heartbeat(platform, signedIn)) })
          for (const topic of topics) await stream.writeSSE({ data: JSON.stringify({ topic }) })
        }
      } finally {
        stopListening()
      }
    })
  })
  return routes
}

async function heartbeat({ store }: Platform, { workspaceId }: SignedIn): Promise<z.input<typeof heartbeatEvent>> {
  return { cursor: await store.write(({ tx }) => feedCursor(tx, workspaceId)) }
}

/** Until the next heartbeat, or the instant at which the token runs out. */
function waitMs(platform: Platform, { tokenExpiresAt }: SignedIn): number {
  return tokenExpiresAt === null ? HEARTBEAT_MS : Math.max(0, Math.min(HEARTBEAT_MS, tokenExpiresAt - platform.clock.now()))
}

async function isSignedIn(platform: Platform, { tokenHash }: SignedIn): Promise<boolean> {
  return await memberOf(platform.store, platform.clock, tokenHash).then(
    () => true,
    () => false,
  )
}

/** Topics that wait to be told; one that moves again before it was told is told once. */
class Mailbox {
  readonly #topics = new Set<string>()
  #wake: (() => void) | null = null
  closed = false

  add(topics: ReadonlySet<string>): void {
    for (const topic of topics) this.#topics.add(topic)
    this.#wake?.()
  }

  close(): void {
    this.closed = true
    this.#wake?.()
  }

  /** What waits, at once or as soon as something comes; nothing when the time is over. */
  async take({ clock }: Platform, timeoutMs: number): Promise<string[]> {
    if (this.#topics.size === 0 && !this.closed) {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(timeoutMs, resolve)
        this.#wake = () => {
          cancel()
          resolve()
        }
      })
      this.#wake = null
    }
    const topics = [...this.#topics]
    this.#topics.clear()
    return topics
  }
}
