/**
 * Stops in order on Ctrl+C, on a request of the system, when the terminal closes and when the program that started us is gone. A second Ctrl+C
 * does not wait any longer.
 */
export function stopOnSignals(stopAll: () => Promise<void>, say: (line: string) => void): void {
  let stopping = false
  const stop = (why: string): void => {
    if (stopping) {
      if (why === 'SIGINT') process.exit(130)
      return
    }
    stopping = true
    say('Stopping…')
    stopAll().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal))
  process.on('disconnect', () => stop('disconnect'))
}
