import { parentPort } from 'node:worker_threads'
import { z } from 'zod'
import { layerA } from '../../../../../shared/contract/layer-a.ts'
import { readAnswer } from '../read-answer.ts'
import type { FromAnswerThread, ToAnswerThread } from './messages.ts'
import { detachRows, partsOf } from './parts.ts'

/**
 * The thread that reads big answers: parsing and checking 16 MiB of JSON takes a second in which the engine would do nothing else. It is an
 * entry of its own (see electron.vite.config.ts) and knows no file and no network.
 */
if (parentPort === null) throw new Error('Big answers are read in a worker thread')
const port = parentPort
const send = (message: FromAnswerThread): void => port.postMessage(message)
const open = new Map<number, ReturnType<typeof partsOf>>()

port.on('message', (message: ToAnswerThread) => {
  switch (message.type) {
    case 'read': {
      const { id, endpoint, status, retryAfter, date, body, nowMs } = message
      const raw = { status, retryAfter, date, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }
      const answer = readAnswer<unknown>(raw, endpoint === null ? z.never() : layerA[endpoint].response, nowMs)
      const { head, long } = answer.kind === 'ok' ? detachRows(answer.value) : { head: null, long: [] }
      open.set(id, partsOf(long))
      send({ type: 'answer', id, answer: answer.kind === 'ok' ? { ...answer, value: head } : answer })
      break
    }
    case 'more': {
      const next = open.get(message.id)?.next()
      if (next === undefined || next.done === true) {
        open.delete(message.id)
        send({ type: 'end', id: message.id })
      } else send({ type: 'part', id: message.id, part: next.value })
      break
    }
    default:
      message satisfies never
  }
})
