/** `npm start` until the console's link is there, against what it cannot do without: npm itself, and the web host. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compare, report, roundsOr, temporaryFolder } from './measure.ts'

const ROUNDS = roundsOr(7)
/** Of the web host's own time: what finding out that all is installed and built may cost. */
const SHARE = 1.15
const root = join(import.meta.dirname, '../..')
const host = join(root, 'out/main/web.js')
if (!existsSync(host)) throw new Error('out/main is not there: npm run build')

const folder = temporaryFolder()
writeFileSync(join(folder.path, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0', scripts: { empty: 'true' } }))
let starts = 0

/** Milliseconds until a program has printed the console's link; it is ended afterwards, whatever it has started with it. */
async function untilLink(program: string, args: string[]): Promise<number> {
  starts += 1
  const options = ['--no-open', '--port', '0', '--data', join(folder.path, `data-${starts}`)]
  const startedAt = performance.now()
  const child = spawn(program, [...args, ...options], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  let said = ''
  let ms = 0
  for await (const chunk of child.stdout) {
    said += String(chunk)
    if (ms > 0 || !/Console {3}http/.test(said)) continue
    ms = performance.now() - startedAt
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
  }
  await ended
  if (ms === 0) throw new Error(`it never said its link: ${said}`)
  return ms
}

async function emptyScriptMs(): Promise<number> {
  const startedAt = performance.now()
  await once(spawn('npm', ['run', '--silent', 'empty'], { cwd: folder.path, stdio: 'ignore' }), 'exit')
  return performance.now() - startedAt
}

const webHost = (): Promise<number> => untilLink(process.execPath, [host])
const npmStart = (): Promise<number> => untilLink('npm', ['start', '--silent', '--', '--web'])

console.log('Everything installed and built, nothing changed since; a new data folder each time, with the embedded platform.')
await emptyScriptMs()
await npmStart()
const { baseline, subject } = await compare(ROUNDS, async () => (await emptyScriptMs()) + SHARE * (await webHost()), npmStart)
report(`npm start until its link, against npm run of an empty script + ${SHARE} × node out/main/web.js`, subject, baseline, 'ms', { atMost: 1 })
folder.remove()
