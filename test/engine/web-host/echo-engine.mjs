// A stand-in for the engine's thread: it speaks the messages of `main/bridge/messages.ts` and does what its test asks for.
import { parentPort, workerData } from 'node:worker_threads'

const secrets = new Map()
let lastId = 0

function ask(message) {
  lastId += 1
  return new Promise((resolve) => {
    secrets.set(lastId, resolve)
    parentPort.postMessage({ ...message, id: lastId })
  })
}

async function answer(name, input) {
  switch (name) {
    case 'backups.create':
      return { ok: true, value: { name: 'copy-1' } }
    case 'vault.lock':
      process.exit(3)
      break
    case 'vault.unlock':
      return new Promise(() => {})
    case 'settings.put':
      return ask({ type: 'secret-set', key: input.key, value: input.value })
    case 'overview.read':
      process.stderr.write('a line of its own\n')
      return ask({ type: 'proxy-ask', url: 'https://billing.example' })
    case 'settings.list':
      return ask({ type: 'secret-get', key: 'token/1' })
    default:
      return { ok: true, value: { name, input, dataDir: workerData.dataDir } }
  }
}

parentPort.on('message', async (message) => {
  if (message.type === 'call') parentPort.postMessage({ type: 'answer', id: message.id, result: await answer(message.name, message.input) })
  if (message.type === 'secret-answer') secrets.get(message.id)({ ok: true, value: { value: message.value, error: message.error } })
  if (message.type === 'proxy-answer') secrets.get(message.id)({ ok: true, value: { proxy: message.proxy } })
  // Its log can be written unless the folder says that it is full.
  if (message.type === 'egress-begin') parentPort.postMessage({ type: 'egress-begun', id: message.id, row: workerData.dataDir === 'full' ? null : 41 })
  if (message.type === 'egress-end') parentPort.postMessage({ type: 'event', event: { event: 'workspaces.changed', payload: { ended: message } } })
  if (message.type === 'power') parentPort.postMessage({ type: 'event', event: { event: 'workspaces.changed', payload: { state: message.state } } })
  if (message.type === 'stop' && workerData.dataDir !== 'never-stops') parentPort.postMessage({ type: 'stopped' })
})

if (workerData.dataDir === 'from-the-future') parentPort.postMessage({ type: 'failed', message: 'outbox.db has version 9, this program knows 3' })
else if (workerData.dataDir === 'throws') throw new RangeError('broken')
else parentPort.postMessage({ type: 'ready', intakePort: 4781 })
