/**
 * Turns events into re-reads of the query cache. A drain tells of itself several times a second: re-reads are
 * gathered and made at most once per interval, and a read that is still under way is let finish (cancelling it
 * each time would starve a slow one) and repeated afterwards.
 */
import type { QueryClient } from '@tanstack/react-query'
import type { ConsoleEvent } from '../../shared/contract/console.ts'
import { touchedCalls } from './touched-calls.ts'

export type Refresher = { note(event: ConsoleEvent): void; noteAll(): void; stop(): void }

type Timers = { set(run: () => void, delayMs: number): number; clear(id: number): void }

const windowTimers: Timers = { set: (run, delayMs) => window.setTimeout(run, delayMs), clear: (id) => window.clearTimeout(id) }

export function createRefresher(client: QueryClient, intervalMs = 250, timers: Timers = windowTimers): Refresher {
  /** Call name → workspaces whose reads are stale; null stands for all. */
  let stale = new Map<string, Set<string | null>>()
  let timer: number | null = null

  function schedule(): void {
    timer ??= timers.set(flush, intervalMs)
  }

  function flush(): void {
    timer = null
    const due = stale
    stale = new Map()
    void client.invalidateQueries(
      {
        predicate(query) {
          const [name, input] = query.queryKey
          const workspaces = typeof name === 'string' ? due.get(name) : undefined
          if (!workspaces || typeof name !== 'string') return false
          const workspaceId = workspaceOf(input)
          if (!workspaces.has(null) && workspaceId !== null && !workspaces.has(workspaceId)) return false
          if (query.state.fetchStatus === 'fetching') {
            // Its answer may be from before the change: look again after it came.
            mark(name, workspaceId)
            schedule()
          }
          return true
        },
      },
      { cancelRefetch: false },
    )
  }

  function mark(name: string, workspaceId: string | null): void {
    const workspaces = stale.get(name) ?? new Set<string | null>()
    stale.set(name, workspaces.add(workspaceId))
  }

  return {
    note(event) {
      const touched = touchedCalls(event)
      if (touched.calls.length === 0) return
      for (const name of touched.calls) mark(name, touched.workspaceId)
      schedule()
    },
    noteAll: () => void client.invalidateQueries(),
    stop() {
      if (timer !== null) timers.clear(timer)
      timer = null
    },
  }
}

function workspaceOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null || !('workspaceId' in input)) return null
  return typeof input.workspaceId === 'string' ? input.workspaceId : null
}
