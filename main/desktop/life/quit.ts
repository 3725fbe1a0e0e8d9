import { app, powerMonitor } from 'electron'

/** After this the program ends, finished or not: the stores survive a kill, and a system that shuts down does not wait. */
const stopWithinMs = 7_000

/**
 * An orderly end: the engine finishes the write in hand (it has five seconds of its own for that), then the application quits as if nothing had
 * held it up, so that everything that waits for Electron's `quit` hears it.
 */
export function stopBeforeQuit({ report }: { report: (line: string) => void }): {
  onStop: (stop: () => Promise<void>) => void
  stopEverything: () => Promise<void>
} {
  let stop = async (): Promise<void> => {}
  let stopping: Promise<void> | null = null
  let stopped = false
  const stopEverything = (): Promise<void> => {
    stopping ??= withDeadline(stop())
      .catch((error: unknown) => report(`Not everything stopped: ${error instanceof Error ? error.message : 'unknown error'}`))
      .then(() => {
        stopped = true
      })
    return stopping
  }
  app.on('before-quit', (event) => {
    if (stopped) return
    event.preventDefault()
    void stopEverything().then(() => app.quit())
  })
  // The end of the session. It waits for us only as long as we say so: without `preventDefault` the lock that holds it back is released at once
  // (electron: docs/api/power-monitor.md, "shutdown"). What it cuts off the stores survive.
  const power: NodeJS.EventEmitter = powerMonitor
  // Electron's type file leaves the event out.
  power.on('shutdown', (event: { preventDefault(): void }) => {
    event.preventDefault()
    app.quit()
  })
  return {
    onStop(next) {
      stop = next
    },
    stopEverything,
  }
}

async function withDeadline(work: Promise<void>): Promise<void> {
  const tooLate = Promise.withResolvers<void>()
  const timer = setTimeout(() => tooLate.reject(new Error(`more than ${stopWithinMs / 1000} s`)), stopWithinMs)
  await Promise.race([work, tooLate.promise]).finally(() => clearTimeout(timer))
}
