import type { CallName, EngineCallName, ConsoleEvent, Result } from '../../shared/contract/console.ts'
import type { LeftOut } from '../../shared/contract/lenient.ts'
import { type EngineWorker, type EngineWorkerInput, startEngineWorker } from './engine-worker.ts'
import type { EgressNote } from './messages.ts'
import { restartDelayMs, steadyAfterMs } from './restart-delay.ts'

/** The engine as a host sees it: it outlives its thread, which is started again when it dies. */
export type EngineHost = {
  call(name: EngineCallName, input: unknown): Promise<Result<unknown>>
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: ConsoleEvent) => void): () => void
  power(state: 'suspend' | 'resume'): void
  /** A page was shown without some odd items; null: it is whole again. */
  noteLeftOut(name: CallName, leftOut: LeftOut | null): void
  /** Null while the engine is being started again. */
  intakePort(): number | null
  /** Starts an engine that was given up. */
  retry(): void
  /**
   * Writes a request of the host's own (the updater's) into the egress log. Only when it has resolved may the request be sent.
   *
   * @throws when it was not written
   */
  noteRequest(note: EgressNote): Promise<number>
  noteAnswer(id: number, status: number | null, durationMs: number): void
  /** Lets the engine finish the write in hand; after five seconds it is cut off. */
  stop(): Promise<void>
}

export type EngineHostInput = Omit<EngineWorkerInput, 'onEvent'> & {
  /** One line for the log; never holds a secret or what a person wrote. */
  report: (line: string) => void
  /** Told after each new start that followed a death: pages must read everything anew. */
  onRestart: () => void
  /**
   * Told of each death and each new start. A host that shows it may also say `give-up` at a death: then nothing is started before `retry`.
   *
   * @param retryAt epoch milliseconds of the next start
   */
  onDeath?: (retryAt: number) => 'again' | 'give-up'
}

const stopWithinMs = 5_000

const restarting: Result<never> = {
  ok: false,
  error: { code: 'engine_starting', message: 'The engine is being started again.', suggestion: 'Try again in a few seconds. What was saved is still there.' },
}

const notRunning: Result<never> = {
  ok: false,
  error: {
    code: 'engine_failed',
    message: 'The engine stopped several times in a row.',
    suggestion: 'Start it again, or look into the log. What was saved is still there.',
  },
}

/**
 * Starts the engine and keeps it running.
 *
 * @throws EngineStartError when the first start fails; later deaths are met with new starts, each after a longer wait
 */
export async function startEngineHost({ report, onRestart, onDeath, ...worker }: EngineHostInput): Promise<EngineHost> {
  const listeners = new Set<(event: ConsoleEvent) => void>()
  const onEvent = (event: ConsoleEvent): void => {
    for (const listener of listeners) listener(event)
  }
  let current: EngineWorker | null = null
  let stopping = false
  let failures = 0
  let givenUp = false
  let restartTimer: NodeJS.Timeout | undefined
  let starting: Promise<void> = Promise.resolve()

  const start = async (): Promise<void> => {
    const engine = await startEngineWorker({ ...worker, onEvent })
    current = engine
    const startedAt = performance.now()
    void engine.ended.then((reason) => {
      current = null
      if (stopping) return
      if (performance.now() - startedAt > steadyAfterMs) failures = 0
      report(`The engine stopped: ${reason}`)
      startAgainLater()
    })
  }
  const startAgainLater = (): void => {
    const delayMs = restartDelayMs(failures)
    failures += 1
    givenUp = onDeath?.(Date.now() + delayMs) === 'give-up'
    if (givenUp) return report('The engine is not started again before a person asks for it')
    report(`The engine starts again in ${delayMs / 1000} s`)
    restartTimer = setTimeout(() => {
      starting = start().then(onRestart, (error: unknown) => {
        report(`The engine did not start: ${error instanceof Error ? error.message : 'unknown error'}`)
        if (!stopping) startAgainLater()
      })
    }, delayMs)
  }

  await start()
  return {
    call: (name, input) => (current === null ? Promise.resolve(givenUp ? notRunning : restarting) : current.call(name, input)),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    power: (state) => current?.power(state),
    noteLeftOut: (name, leftOut) => current?.noteLeftOut(name, leftOut),
    intakePort: () => current?.intakePort ?? null,
    retry() {
      if (!givenUp || stopping) return
      givenUp = false
      failures = 0
      startAgainLater()
    },
    noteRequest: (note) => (current === null ? Promise.reject(new Error('The engine is not running.')) : current.noteRequest(note)),
    noteAnswer: (id, status, durationMs) => current?.noteAnswer(id, status, durationMs),
    async stop() {
      stopping = true
      clearTimeout(restartTimer)
      await starting
      await current?.stop(stopWithinMs)
    },
  }
}
