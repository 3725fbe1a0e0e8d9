import { useSyncExternalStore } from 'react'

/** One clock for the whole window: it ticks every ten seconds while something shows it, so what depends on it stays true without a timer of its own. */
const tickMs = 10_000
const watchers = new Set<() => void>()
let now = Date.now()
let today = now
let timer: number | undefined

function look(): void {
  now = Date.now()
  today = dayOf(today, now)
}

function subscribe(changed: () => void): () => void {
  if (watchers.size === 0) {
    look()
    timer = window.setInterval(() => {
      look()
      for (const watcher of watchers) watcher()
    }, tickMs)
  }
  watchers.add(changed)
  return () => {
    watchers.delete(changed)
    if (watchers.size === 0) window.clearInterval(timer)
  }
}

/** Pure: the time that stands for the day of `nowMs`; the one before for as long as that is the same day here. */
export function dayOf(beforeMs: number, nowMs: number): number {
  return new Date(beforeMs).toDateString() === new Date(nowMs).toDateString() ? beforeMs : nowMs
}

/** Epoch milliseconds, at most ten seconds old. Whatever shows it is drawn anew with every tick. */
export function useNow(): number {
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => now,
  )
}

/** A time of the present day, in epoch milliseconds; another one only when the day has changed. `format.moment` needs no more. */
export function useToday(): number {
  return useSyncExternalStore(
    subscribe,
    () => today,
    () => today,
  )
}
