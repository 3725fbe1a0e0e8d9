import { useSyncExternalStore } from 'react'

/** One clock for the whole window: it ticks every ten seconds while something shows it, so ages stay true without each keeping a timer. */
const tickMs = 10_000
const watchers = new Set<() => void>()
let now = Date.now()
let timer: number | undefined

function subscribe(changed: () => void): () => void {
  if (watchers.size === 0) {
    now = Date.now()
    timer = window.setInterval(() => {
      now = Date.now()
      for (const watcher of watchers) watcher()
    }, tickMs)
  }
  watchers.add(changed)
  return () => {
    watchers.delete(changed)
    if (watchers.size === 0) window.clearInterval(timer)
  }
}

/** Epoch milliseconds, at most ten seconds old. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}
