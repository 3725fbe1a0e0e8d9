/** `npm run dev`: builds and starts the web host, and again after each change of a source. Options as for `npm start`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { buildIfNeeded } from './build-if-needed.ts'
import { root } from './sources.ts'

/** An editor writes a file in several steps, and a person saves several files. */
const settleMs = 200

const options = process.argv.slice(2)
let host: ChildProcess | null = null
let firstStart = true
let changed = Promise.withResolvers<void>()

for (const folder of ['main', 'preload', 'renderer', 'shared']) {
  watch(join(root, folder), { recursive: true }, () => changed.resolve())
}
for (const end of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
  process.on(end, () => void stopHost().finally(() => process.exit(0)))
}

for (;;) {
  if (buildIfNeeded()) {
    await stopHost()
    // Only the first start opens a browser; later ones print a fresh link.
    host = spawn(process.execPath, [join(root, 'out/main/web.js'), ...options, ...(firstStart ? [] : ['--no-open'])], {
      cwd: root,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    })
    firstStart = false
  }
  await changed.promise
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  changed = Promise.withResolvers()
}

async function stopHost(): Promise<void> {
  if (host === null || host.exitCode !== null || host.signalCode !== null) return
  const exited = once(host, 'exit')
  host.kill('SIGTERM')
  await exited
}
