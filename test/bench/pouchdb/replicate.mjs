// PouchDB (LevelDB) replicating documents to express-pouchdb in a second process, as PouchDB's own documentation sets it up.
// Arguments: count, ciphertext bytes. Prints one JSON line: { count, seconds, perSecond }.
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import PouchDB from 'pouchdb'

const role = process.argv[2]
if (role === 'server') {
  const { default: express } = await import('express')
  const { default: expressPouch } = await import('express-pouchdb')
  const prefix = process.argv[3]
  const app = express()
  // Minimal mode without the admin pages, logs and authentication: the fastest set-up that its documentation offers.
  app.use('/', expressPouch(PouchDB.defaults({ prefix }), { mode: 'minimumForPouchDB', configPath: join(prefix, 'config.json'), logPath: join(prefix, 'log.txt') }))
  const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
  process.on('disconnect', () => process.exit(0))
} else {
  const count = Number(process.argv[2])
  const sizeBytes = Number(process.argv[3])
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-pouch-'))
  const server = fork(new URL(import.meta.url), ['server', `${dir}/server/`], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const { mkdirSync } = await import('node:fs')
  mkdirSync(`${dir}/server`, { recursive: true })
  const port = await new Promise((resolve) => server.once('message', (message) => resolve(message.port)))
  const local = new PouchDB(`${dir}/local`)
  for (let start = 0; start < count; start += 1000) {
    const docs = []
    for (let index = start; index < Math.min(count, start + 1000); index += 1) {
      docs.push({ _id: String(index).padStart(9, '0'), ciphertext: randomBytes(sizeBytes).toString('base64'), revision: 1 })
    }
    await local.bulkDocs(docs)
  }
  const started = performance.now()
  await local.replicate.to(`http://127.0.0.1:${port}/envelopes`, { batch_size: 500, batches_limit: 10 })
  const seconds = (performance.now() - started) / 1000
  const remote = new PouchDB(`http://127.0.0.1:${port}/envelopes`)
  const info = await remote.info()
  if (info.doc_count !== count) throw new Error(`the server has ${info.doc_count} of ${count} documents`)
  console.log(JSON.stringify({ count, seconds, perSecond: count / seconds }))
  server.disconnect()
  await local.close()
  rmSync(dir, { recursive: true, force: true })
  process.exit(0)
}
