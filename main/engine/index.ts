import { parentPort, workerData } from 'node:worker_threads'
import type { EngineOptions, FromEngine, SecretStore, ToEngine } from '../bridge/messages.ts'
import { systemClock } from './base/clock.ts'
import { type Engine, startEngine } from './engine.ts'

/** The engine's thread: composition only. */
if (parentPort === null) throw new Error('The engine runs in a worker thread')
const port = parentPort
const options: EngineOptions = workerData
const send = (message: FromEngine): void => port.postMessage(message)

let lastQuestionId = 0
const waiting = new Map<number, { resolve: (value: string | null) => void; reject: (error: Error) => void }>()
type Question = { type: 'secret-get'; key: string } | { type: 'secret-set'; key: string; value: string | null } | { type: 'proxy-ask'; url: string }
function askHost(question: Question): Promise<string | null> {
  lastQuestionId += 1
  const id = lastQuestionId
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    send({ ...question, id })
  })
}
const secrets: SecretStore = {
  get: (key) => askHost({ type: 'secret-get', key }),
  async set(key, value) {
    await askHost({ type: 'secret-set', key, value })
  },
  protectedBy: options.secretsProtectedBy,
}

const report = (line: string): void => void process.stderr.write(`engine: ${line}\n`)

const starting = startEngine({
  options,
  secrets,
  clock: systemClock,
  random: Math.random,
  emit: (event) => send({ type: 'event', event }),
  report,
  restart(reason) {
    report(`The engine starts again: ${reason}`)
    void stop(reason)
  },
  ...(options.hostKnowsProxy === true ? { findProxy: (url: string) => askHost({ type: 'proxy-ask', url }) } : {}),
})

port.on('message', (message: ToEngine) => {
  switch (message.type) {
    case 'secret-answer': {
      const asked = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.error === null) asked?.resolve(message.value)
      else asked?.reject(new Error(message.error))
      break
    }
    case 'proxy-answer':
      waiting.get(message.id)?.resolve(message.proxy)
      waiting.delete(message.id)
      break
    case 'egress-begin':
      void starting
        .then((engine) => engine.noteRequest(message.note))
        .catch(() => null)
        .then((row) => send({ type: 'egress-begun', id: message.id, row }))
      break
    case 'egress-end':
      void starting.then((engine) => engine.noteAnswer(message.row, message.status, message.durationMs)).catch(() => undefined)
      break
    case 'call':
      void starting.then(async (engine) => send({ type: 'answer', id: message.id, result: await engine.call(message.name, message.input) }))
      break
    case 'power':
      void starting.then((engine) => engine.power(message.state))
      break
    case 'left-out':
      void starting.then((engine) => engine.noteLeftOut(message.name, message.leftOut))
      break
    case 'stop':
      void stop()
      break
    default:
      message satisfies never
  }
})

/** `reason`: why the engine ends although nobody asked it to; whoever runs it starts it again. */
async function stop(reason?: string): Promise<void> {
  const engine: Engine | null = await starting.catch(() => null)
  await engine?.stop()
  send({ type: 'stopped', ...(reason === undefined ? {} : { reason }) })
}

starting.then(
  (engine) => send({ type: 'ready', intakePort: engine.intakePort }),
  (error: unknown) => send({ type: 'failed', message: error instanceof Error ? error.message : 'The engine did not start' }),
)
