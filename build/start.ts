/** `npm start`: builds what changed and opens the console in a host. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfNeeded } from './build-if-needed.ts'
import { findElectron } from './desktop-runtime/find-electron.ts'
import { root } from './sources.ts'

const options = process.argv.slice(2)
const electron = findElectron(join(root, 'node_modules', 'electron'), process)
const desktopOnly = options.includes('--desktop')

if (desktopOnly && electron.path === null) {
  console.error(`The desktop cannot be opened: ${electron.why}. Without --desktop the console opens in the browser.`)
  process.exitCode = 1
} else if (!buildIfNeeded()) {
  process.exitCode = 1
} else if (electron.path === null || options.includes('--web')) {
  if (electron.path === null && !options.includes('--web')) console.log(`In the browser, because ${electron.why}.`)
  // In this process, so that there is one process less to end; it reads its options from `process.argv`.
  await import(pathToFileURL(join(root, 'out', 'main', 'web.js')).href)
} else {
  openDesktop(electron.path)
}

function openDesktop(binary: string): void {
  const child = spawn(binary, [root, ...options], { stdio: 'inherit' })
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void child.kill(signal))
  process.on('disconnect', () => void child.kill('SIGTERM'))
  child.once('error', (error) => {
    console.error(`The desktop did not start: ${error.message}`)
    process.exitCode = 1
  })
  child.once('exit', (code) => process.exit(code ?? 1))
}
