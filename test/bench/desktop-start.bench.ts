/** From the start of the process to the window that the desktop asks for, against a Node that imports nothing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compare, report, roundsOr, temporaryFolder } from './measure.ts'

const ROUNDS = roundsOr(21)
const root = join(import.meta.dirname, '../..')
const desktop = join(root, 'out/main/index.js')
if (!existsSync(desktop)) throw new Error('out/main is not there: npm run build')

const folder = temporaryFolder()
const bare = join(folder.path, 'bare.mjs')
writeFileSync(bare, "process.stdout.write('window\\n')\n")
const hooks = pathToFileURL(join(root, 'test/bench/desktop-start/window-asked.mjs')).href

/** Milliseconds until the process has said its word. */
async function untilSaid(args: string[]): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const [said] = await once(child.stdout, 'data')
  const ms = performance.now() - startedAt
  if (!String(said).startsWith('window')) throw new Error(`it said ${String(said)}`)
  await ended
  return ms
}

console.log('The bundles of the product with a stand-in for the module "electron" that answers at once; Electron’s own start is not in it.')
// The hooks that bring in the stand-in are the measurement's, not the product's: the bare Node has them too.
const onBare = (): Promise<number> => untilSaid(['--import', hooks, bare])
const onDesktop = (): Promise<number> => untilSaid(['--import', hooks, desktop, '--data', join(folder.path, 'data')])
await onBare()
await onDesktop()
const { baseline, subject } = await compare(ROUNDS, onBare, onDesktop)
report('the window is asked for, against a Node start that imports nothing', subject, baseline, 'ms', { atMost: 2 })
folder.remove()
