/** `npm start` as a newcomer types it, from the command to the host that opens. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../build/sources.ts'
import { desktopRuntime, doubleFolder, environment } from '../../desktop-double/runtime.ts'
import { expect, test } from './support/desktop-stage.ts'

type Started = { program: ChildProcess; said: () => string; ended: Promise<number | null> }

/** In a group of its own, as a shell starts it: what a terminal sends goes to everybody in it. */
function npmStart(options: string[], env: Record<string, string | undefined>): Started {
  const program = spawn(process.execPath, ['build/run.mjs', 'start', '--no-open', ...options], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment({ npm_lifecycle_event: undefined, ...env }),
  })
  let text = ''
  for (const stream of [program.stdout, program.stderr]) stream?.on('data', (chunk) => (text += String(chunk)))
  const started = { program, said: () => text, ended: once(program, 'exit').then(([code]) => code as number | null) }
  running.add(started)
  return started
}

/** What a test that failed has left. The desktop is in a group of its own, and ends with the one that started it. */
const running = new Set<Started>()
test.afterEach(async () => {
  for (const started of running) {
    running.delete(started)
    if (started.program.exitCode !== null || started.program.signalCode !== null) continue
    toTheTerminal(started, 'SIGTERM')
    await started.ended
  }
})

function toTheTerminal({ program }: Started, signal: NodeJS.Signals): void {
  if (program.pid !== undefined) process.kill(-program.pid, signal)
}

const noRuntime = { ELECTRON_OVERRIDE_DIST_PATH: undefined, ELECTRON_EXEC_PATH: undefined }

test('the terminal is closed: the desktop is asked once, and stops in order', async ({ stage }) => {
  test.info().skip(process.platform === 'win32', 'Windows has no such signals')
  test.info().skip(desktopRuntime.kind === 'electron', 'a window would open in front of whoever runs this')
  const dataDir = await stage.folder('start')
  const started = npmStart(['--data', dataDir, '--no-sandbox'], { ...noRuntime, ELECTRON_OVERRIDE_DIST_PATH: doubleFolder, DISPLAY: ':99' })
  await expect.poll(() => existsSync(join(dataDir, 'intake.json')), { timeout: 120_000 }).toBe(true)
  toTheTerminal(started, 'SIGHUP')
  expect(await started.ended).toBe(0)
  expect(existsSync(join(dataDir, 'host.json'))).toBe(false)
  expect(readFileSync(join(dataDir, 'logs', 'desktop.log'), 'utf8')).not.toContain('Unexpected')
})

test('the runtime cannot be had: the browser’s console opens, and says why', async ({ stage }) => {
  test.info().skip(process.platform === 'win32', 'its end is asked for by a signal')
  const cache = await stage.folder('cache')
  const env = { ...noRuntime, DISPLAY: ':99', XDG_CACHE_HOME: cache, electron_config_cache: join(cache, 'zips'), ELECTRON_MIRROR: 'http://127.0.0.1:9/' }
  test.info().skip(existsSync(join(root, 'node_modules/electron/dist')), 'the runtime is here')
  for (const words of [
    'In the browser, because the desktop’s runtime could not be downloaded: its server cannot be reached',
    'In the browser, because the desktop’s runtime could not be downloaded a while ago',
  ]) {
    const started = npmStart(['--data', await stage.folder('start'), '--port', '0'], env)
    await expect.poll(started.said, { timeout: 60_000 }).toMatch(/Console {3}http/)
    expect(started.said()).toContain(words)
    started.program.kill('SIGTERM')
    expect(await started.ended).toBe(0)
  }
})
