import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'

/** `npm start` as a person runs it, on the built product, with a data folder of its own. */
let dataDir: string
const started: ChildProcess[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-launch-'))
})
afterEach(async () => {
  for (const child of started.splice(0)) signal(child, 'SIGKILL')
  await expect.poll(ours, { timeout: 10_000 }).toEqual([])
  rmSync(dataDir, { recursive: true, force: true })
})

type Start = { child: ChildProcess; output: () => string; exited: Promise<number | null>; link: () => Promise<string> }

function start(options: string[] = [], env: Record<string, string> = {}): Start {
  const child = spawn(process.execPath, ['build/run.mjs', 'start', '--web', '--no-open', '--data', dataDir, ...options], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += String(chunk)
    })
  }
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const linkIn = (): string | undefined => /http:\/\/127\.0\.0\.1:\d+\/#launch=[\w-]{43}/.exec(output)?.[0]
  return {
    child,
    exited,
    output: () => output,
    async link() {
      await expect.poll(() => linkIn() ?? output, { timeout: 60_000 }).toMatch(/^http:/)
      return linkIn() ?? ''
    },
  }
}

/** To the whole group, as a terminal does. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name)
  } catch {
    // It is gone already.
  }
}

/** Command lines of every process that works on this data folder. */
function ours(): string[] {
  const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(dataDir))
}

/** True if the link lets a tab in. */
async function letsIn(link: string): Promise<boolean> {
  const { host, origin, hash } = new URL(link)
  const socket = new WebSocket(`ws://${host}/bridge`, { headers: { origin } })
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'hello', launchToken: hash.replace('#launch=', '') }))
  const heard = await Promise.race([once(socket, 'message').then(([data]) => String(data)), once(socket, 'close').then(() => '')])
  socket.terminate()
  return heard.includes('"welcome"')
}

test('prints where everything is, and the link opens the console', async () => {
  const { link, output } = start(['--port', '0'])
  const page = await fetch(await link())
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<div id="root">')
  expect(await letsIn(await link())).toBe(true)
  await expect.poll(output).toMatch(/Ctrl\+C stops everything/)
  expect(output()).toContain(`Data      ${dataDir}\n`)
  expect(output()).toMatch(/Platform {2}http:\/\/127\.0\.0\.1:\d+ \(the embedded sandbox\)\n/)
  expect(output()).toMatch(/Agents {4}http:\/\/127\.0\.0\.1:\d+\n/)
})

test('gives nobody else a right on anything that it and its platform make, and the folder is closed, with the umask that most systems have', async () => {
  expect(process.umask() & 0o077).toBe(0o022)
  chmodSync(dataDir, 0o755)
  const { link } = start(['--port', '0'])
  await link()
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  const made = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
  expect(made).toEqual(expect.arrayContaining(['outbox.db', 'host.lock', 'secrets.json', 'secrets.second.json', 'sandbox']))
  expect(made.filter((name) => ((statSync(join(dataDir, name), { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0)).toEqual([])
})

test('tells in words why a folder with a line break in its path is refused', async () => {
  const { exited, output } = start(['--port', '0', '--data', join(dataDir, 'line\nbreak')])
  expect(await exited).not.toBe(0)
  expect(output()).toMatch(/control character.*Rename that folder/)
  expect(readdirSync(dataDir)).toEqual([])
})

describe('nothing is left behind', () => {
  test.each<[string, (child: ChildProcess) => void]>([
    ['Ctrl+C', (child) => signal(child, 'SIGINT')],
    ['a request to stop that reaches the first process only', (child) => void child.kill('SIGTERM')],
    ['a terminal that closes', (child) => signal(child, 'SIGHUP')],
    ['kill -9 of the first process', (child) => void child.kill('SIGKILL')],
  ])('after %s', async (_how, end) => {
    const { child, link } = start(['--port', '0'])
    await link()
    expect(ours().length).toBeGreaterThanOrEqual(2)
    end(child)
    await expect.poll(ours, { timeout: 10_000 }).toEqual([])
  })

  test('after a second, impatient Ctrl+C', async () => {
    const { child, link, exited } = start(['--port', '0'])
    await link()
    signal(child, 'SIGINT')
    signal(child, 'SIGINT')
    await exited
    await expect.poll(ours, { timeout: 10_000 }).toEqual([])
  })

  test('Ctrl+C is an orderly end, and the folder is free again', async () => {
    const first = start(['--port', '0'])
    await first.link()
    signal(first.child, 'SIGINT')
    expect(await first.exited).toBe(0)
    const second = start(['--port', '0'])
    await second.link()
    expect(second.output()).not.toContain('already running')
  })
})

test('a second start with the same folder says so, hands out a link of the first, and ends', async () => {
  const first = start(['--port', '0'])
  const firstLink = await first.link()
  const second = start()
  expect(await second.exited).toBe(0)
  expect(second.output()).toMatch(/already running with the data folder .+ \(process \d+\)/)
  const link = await second.link()
  expect(new URL(link).origin).toBe(new URL(firstLink).origin)
  expect(link).not.toBe(firstLink)
  expect(await letsIn(link)).toBe(true)
  expect(await letsIn(firstLink)).toBe(true)
})

test('a port in use is exchanged for the next free one, in words', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { link, output } = start(['--port', String(port)])
  const taken = new URL(await link()).port
  other.close()
  expect(Number(taken)).toBeGreaterThan(port)
  expect(output()).toContain(`Port ${port} is in use; the console takes ${taken}`)
})

test('help is given without starting anything', async () => {
  const { exited, output } = start(['--help'])
  expect(await exited).toBe(0)
  expect(output()).toMatch(/^Usage: npm start -- \[options\]/)
  expect(ours()).toEqual([])
})

test('an option that is none ends with words', async () => {
  const { exited, output } = start(['--token', 'secret'])
  expect(await exited).toBe(2)
  expect(output()).toContain('--token')
})

test('--desktop without a runtime ends with the reason', async () => {
  const child = spawn(process.execPath, ['build/run.mjs', 'start', '--desktop', '--data', dataDir], {
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ELECTRON_OVERRIDE_DIST_PATH: '', ELECTRON_EXEC_PATH: '' },
  })
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += String(chunk)
  })
  const [code] = await once(child, 'exit')
  expect(code).toBe(1)
  expect(output).toMatch(/^The desktop cannot be opened: .+\n/)
})
