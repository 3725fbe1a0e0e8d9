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
  // A closed terminal also breaks the pipes that we write to; that must not end us before the engine has closed its files.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal))
  process.on('disconnect', () => stop('disconnect'))
}
