import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import type { CallName, EngineCallName, ConsoleEvent, Result } from '../../shared/contract/console.ts'
import type { LeftOut } from '../../shared/contract/lenient.ts'
import type { EgressNote, EngineOptions, FromEngine, SecretStore, ToEngine } from './messages.ts'

/** One life of the engine's thread. */
export type EngineWorker = {
  readonly intakePort: number
  call(name: EngineCallName, input: unknown): Promise<Result<unknown>>
  power(state: 'suspend' | 'resume'): void
  /** A page was shown without some odd items; null: it is whole again. */
  noteLeftOut(name: CallName, leftOut: LeftOut | null): void
  /** @throws when it was not written */
  noteRequest(note: EgressNote): Promise<number>
  noteAnswer(row: number, status: number | null, durationMs: number): void
  /** Resolves when the thread has ended: by itself after its last write, or cut off after `stopWithinMs`. */
  stop(stopWithinMs: number): Promise<void>
  /** Resolves with the reason, in words, when the thread ends for whatever reason. */
  readonly ended: Promise<string>
}

export type EngineWorkerInput = {
  /** Path or URL of the bundled worker entry. */
  workerPath: string | URL
  options: EngineOptions
  secrets: SecretStore
  onEvent: (event: ConsoleEvent) => void
  /** Given: what the thread prints goes here line by line, and not to standard error. */
  onLine?: (line: string) => void
  /** The system's proxy for an address; null: directly. Asked only when the options say that the host knows it. */
  findProxy?: (url: string) => Promise<string | null>
}

/**
 * What a push is made of is garbage as soon as it has left. With more room than this V8 lets it pile up: a drain then takes 120 MB more,
 * and is no faster for it.
 */
const YOUNG_GENERATION_MAX_MIB = 24

/** LanceDB's library writes its own words, with paths in them, past every log of ours. The engine says itself what kind of fault it was. */
function quietLibraries(): void {
  process.env.LANCEDB_LOG ??= 'off'
  process.env.RUST_BACKTRACE = '0'
}

/** The engine refused to start and said why in words for a person (a database from the future, a folder that cannot be written). */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError'
}

/** Answered to every call that was under way when the thread ended: whether it took effect is read from the stores afterwards. */
const engineEnded: Result<never> = {
  ok: false,
  error: {
    code: 'engine_stopped',
    message: 'The engine stopped before it answered.',
    suggestion: 'It starts again by itself. Look whether the change is there before you repeat it.',
  },
}

/**
 * Starts the thread and waits until it has opened its stores.
 *
 * @throws EngineStartError when it says that it cannot start, or ends before it is ready
 */
export function startEngineWorker({ workerPath, options, secrets, onEvent, onLine, findProxy }: EngineWorkerInput): Promise<EngineWorker> {
  quietLibraries()
  const worker = new Worker(workerPath, {
    workerData: options,
    name: 'engine',
    stderr: onLine !== undefined,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MAX_MIB },
  })
  if (onLine !== undefined) createInterface({ input: worker.stderr }).on('line', onLine)
  const noting = new Map<number, PromiseWithResolvers<number>>()
  const waiting = new Map<number, (result: Result<unknown>) => void>()
  const ended = Promise.withResolvers<string>()
  const started = Promise.withResolvers<EngineWorker>()
  let lastId = 0
  let reason = ''
  const send = (message: ToEngine): void => worker.postMessage(message)

  const answerSecret = async (message: Extract<FromEngine, { type: 'secret-get' | 'secret-set' }>): Promise<void> => {
    try {
      const value = message.type === 'secret-get' ? await secrets.get(message.key) : null
      if (message.type === 'secret-set') await secrets.set(message.key, message.value)
      send({ type: 'secret-answer', id: message.id, value, error: null })
    } catch (error) {
      send({ type: 'secret-answer', id: message.id, value: null, error: error instanceof Error ? error.message : 'the secret store failed' })
    }
  }

  const engine: Omit<EngineWorker, 'intakePort'> = {
    ended: ended.promise,
    call(name, input) {
      if (reason !== '') return Promise.resolve(engineEnded)
      lastId += 1
      const id = lastId
      return new Promise((resolve) => {
        waiting.set(id, resolve)
        send({ type: 'call', id, name, input })
      })
    },
    power(state) {
      send({ type: 'power', state })
    },
    noteLeftOut(name, leftOut) {
      send({ type: 'left-out', name, leftOut })
    },
    noteRequest(note) {
      if (reason !== '') return Promise.reject(new Error('The engine is not running.'))
      lastId += 1
      const written = Promise.withResolvers<number>()
      noting.set(lastId, written)
      send({ type: 'egress-begin', id: lastId, note })
      return written.promise
    },
    noteAnswer(row, status, durationMs) {
      send({ type: 'egress-end', row, status, durationMs })
    },
    async stop(stopWithinMs) {
      send({ type: 'stop' })
      const cutOff = setTimeout(() => {
        reason ||= `it did not stop within ${stopWithinMs} ms and was cut off`
        void worker.terminate()
      }, stopWithinMs)
      await ended.promise
      clearTimeout(cutOff)
    },
  }

  worker.on('message', (message: FromEngine) => {
    switch (message.type) {
      case 'ready':
        started.resolve({ ...engine, intakePort: message.intakePort })
        break
      case 'failed':
        reason ||= message.message
        started.reject(new EngineStartError(message.message))
        void worker.terminate()
        break
      case 'answer':
        waiting.get(message.id)?.(message.result)
        waiting.delete(message.id)
        break
      case 'event':
        onEvent(message.event)
        break
      case 'secret-get':
      case 'secret-set':
        void answerSecret(message)
        break
      case 'proxy-ask':
        void (findProxy?.(message.url) ?? Promise.resolve(null)).catch(() => null).then((proxy) => send({ type: 'proxy-answer', id: message.id, proxy }))
        break
      case 'egress-begun':
        if (message.row === null) noting.get(message.id)?.reject(new Error('The request could not be written to the log of what leaves.'))
        else noting.get(message.id)?.resolve(message.row)
        noting.delete(message.id)
        break
      case 'stopped':
        reason ||= message.reason ?? 'it was asked to stop'
        // A socket or timer that the engine forgot would keep its thread, and with it the whole program.
        void worker.terminate()
        break
      default:
        message satisfies never
    }
  })
  worker.on('error', (error: unknown) => {
    reason ||= error instanceof Error ? `${error.name}: ${error.message}` : 'an error that is not one'
  })
  worker.on('exit', (code) => {
    reason ||= `its thread ended with code ${code}`
    started.reject(new EngineStartError(reason))
    for (const resolve of waiting.values()) resolve(engineEnded)
    waiting.clear()
    for (const written of noting.values()) written.reject(new Error(reason))
    noting.clear()
    ended.resolve(reason)
  })
  return started.promise
}
