import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { EndpointName } from '../../../../../shared/contract/layer-a.ts'
import type { Clock } from '../../../base/clock.ts'
import type { Answer } from '../answer.ts'
import type { RawAnswer } from '../read-answer.ts'
import type { FromAnswerThread, ToAnswerThread } from './messages.ts'
import { attachRows } from './parts.ts'

/** Up to here an answer is parsed in some ten milliseconds, less than a thread's messages take. */
export const BIG_ANSWER_BYTES = 1024 * 1024
/** A restore brings one after the other; a thread that nobody needs any more keeps its memory. */
const IDLE_MS = 10_000

export type BigAnswers = {
  /** Reads an answer in a thread of its own and takes it over part by part, with everything else that waits in between. Never throws. */
  read(endpoint: EndpointName | null, raw: RawAnswer, nowMs: number): Promise<Answer<unknown>>
  close(): Promise<void>
}

type Reading = { answer: Answer<unknown> | null; settle: (answer: Answer<unknown>) => void }

/** @param onPart for tests and benchmarks: how many rows the engine's thread was handed at once. */
export function createBigAnswers(clock: Pick<Clock, 'after'>, onPart: (rows: number) => void = () => undefined): BigAnswers {
  const readings = new Map<number, Reading>()
  let worker: Worker | null = null
  let lastId = 0
  let cancelIdle = (): void => undefined

  function threadNow(): Worker {
    cancelIdle()
    if (worker !== null) return worker
    const started = new Worker(threadFile())
    worker = started
    started.unref()
    started.on('message', (message: FromAnswerThread) => note(started, message))
    started.on('error', () => lose(started))
    started.on('exit', () => lose(started))
    return started
  }

  function note(from: Worker, message: FromAnswerThread): void {
    const reading = readings.get(message.id)
    if (reading === undefined) return
    if (message.type === 'answer') reading.answer = message.answer
    if (message.type === 'part' && reading.answer?.kind === 'ok') {
      onPart(message.part.rows.length)
      attachRows(reading.answer.value, message.part)
    }
    if (message.type === 'end') {
      readings.delete(message.id)
      reading.settle(reading.answer ?? unread)
      if (readings.size === 0) cancelIdle = clock.after(IDLE_MS, () => void close())
    } else from.postMessage({ type: 'more', id: message.id } satisfies ToAnswerThread)
  }

  /** It ended in the middle of an answer (it needs more memory than there is): nobody waits for ever. */
  function lose(ended: Worker): void {
    if (worker !== ended) return
    worker = null
    for (const { settle } of readings.values()) settle(unread)
    readings.clear()
  }

  async function close(): Promise<void> {
    cancelIdle()
    const ended = worker
    if (ended === null) return
    lose(ended)
    await ended.terminate()
  }

  return {
    read(endpoint, { status, retryAfter, date, body }, nowMs) {
      let thread: Worker
      try {
        thread = threadNow()
      } catch {
        return Promise.resolve(unread)
      }
      lastId += 1
      const id = lastId
      const { promise, resolve } = Promise.withResolvers<Answer<unknown>>()
      readings.set(id, { answer: null, settle: resolve })
      // Handed over, not copied; only what shares its memory with others has to be.
      const bytes = body.byteOffset === 0 && body.buffer.byteLength === body.byteLength ? new Uint8Array(body.buffer) : new Uint8Array(body)
      const message: ToAnswerThread = { type: 'read', id, endpoint, status, retryAfter, date, body: bytes, nowMs }
      thread.postMessage(message, bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [])
      return promise
    },
    close,
  }
}

const unread: Answer<unknown> = { kind: 'unreachable', reason: 'bad_shape', message: 'The answer was too much to read.' }

/** Beside the sources it is TypeScript, which Node runs as it is; a build has it as an entry beside its own, wherever its chunks lie. */
function threadFile(): URL {
  const places = import.meta.url.endsWith('.ts') ? ['./answer-thread.ts'] : ['./answer-thread.js', '../answer-thread.js']
  const found = places.map((place) => new URL(place, import.meta.url)).find((place) => existsSync(place))
  if (found === undefined) throw new Error('The thread for big answers is not part of this build')
  return found
}
