import type { Clock } from './clock.ts'

/** Resolves after `ms`, or at once when `signal` ends it. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) return Promise.resolve()
  const end = (): void => {
    cancel()
    signal.removeEventListener('abort', end)
    resolve()
  }
  const cancel = clock.after(ms, end)
  signal.addEventListener('abort', end, { once: true })
  return promise
}
