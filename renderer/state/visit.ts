import { useEffect, useState } from 'react'
import { useBridge } from './bridge/bridge-context.tsx'
import { read } from './reads.ts'

const LOOK_EVERY_MS = 60_000

/** Says to the engine that somebody looks, while the window is really seen. @returns when the visit before this one was over; null: not known, or there was none. */
export function useVisit(workspaceId: string): number | null {
  const bridge = useBridge()
  const [seen, setSeen] = useState<{ workspaceId: string; since: number | null } | null>(null)
  useEffect(() => {
    let left = false
    const look = (): void => {
      if (document.visibilityState !== 'visible') return
      // News since the last visit are a comfort: without them the page is whole.
      read(bridge, 'overview.seen', { workspaceId }).then(
        (answer) => {
          if (!left) setSeen({ workspaceId, since: answer.since })
        },
        () => undefined,
      )
    }
    look()
    const timer = window.setInterval(look, LOOK_EVERY_MS)
    document.addEventListener('visibilitychange', look)
    return () => {
      left = true
      window.clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [bridge, workspaceId])
  // Another workspace's visit is never taken for this one's while the answer is on its way.
  return seen?.workspaceId === workspaceId ? seen.since : null
}
