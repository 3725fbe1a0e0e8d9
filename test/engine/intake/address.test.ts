import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { type Engine, startEngine } from '../../../main/engine/engine.ts'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { memorySecrets } from '../memory-secrets.ts'

let dataDir: string
let engine: Engine | null = null
const lines: string[] = []
const others: Server[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-address-'))
  lines.length = 0
})
afterEach(async () => {
  await stop()
  for (const other of others.splice(0)) await new Promise((resolve) => other.close(resolve))
  rmSync(dataDir, { recursive: true, force: true })
})

async function start(intakePort = 0): Promise<number> {
  engine = await startEngine({
    options: { dataDir, host: 'web', version: '0.0.0', firstWorkspaces: [], trustedLoopbackOrigins: [], secretsProtectedBy: 'this test', intakePort },
    secrets: memorySecrets(),
    clock: systemClock,
    random: Math.random,
    emit: () => undefined,
    report: (line) => lines.push(line),
  })
  return engine.intakePort
}

async function stop(): Promise<void> {
  await engine?.stop()
  engine = null
}

async function warnings(): Promise<CallOutput<'app.info'>['warnings']> {
  const result = await engine?.call('app.info', {})
  if (result?.ok !== true) throw new Error('no answer')
  return (result.value as CallOutput<'app.info'>).warnings
}

const portFile = (): unknown => JSON.parse(readFileSync(join(dataDir, 'intake.json'), 'utf8'))

async function occupy(port: number): Promise<void> {
  const other = createServer()
  others.push(other)
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
}

it('is the same after every start, also when one of its two memories is gone', async () => {
  const port = await start()
  await stop()
  expect(await start()).toBe(port)
  await stop()
  rmSync(join(dataDir, 'intake-port.json'))
  expect(await start()).toBe(port)
  await stop()
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `outbox.db${suffix}`), { force: true })
  expect(await start()).toBe(port)
  expect(portFile()).toEqual({ url: `http://127.0.0.1:${port}`, pid: process.pid })
  expect((await warnings()).filter(({ kind }) => kind === 'address')).toEqual([])
})

it('is what the command line asks for, from then on', async () => {
  const port = await start()
  await stop()
  const other = port === 32_000 ? 32_001 : 32_000
  expect(await start(other)).toBe(other)
  await stop()
  expect(await start()).toBe(other)
})

it('moves only when another program is there, and says both addresses', async () => {
  const before = await start()
  await stop()
  await occupy(before)
  const after = await start()
  expect(after).not.toBe(before)
  expect(await warnings()).toContainEqual({ kind: 'address', at: expect.any(Number), text: expect.stringMatching(new RegExp(`${before}.*${after}`)) })
  expect(lines.join('\n')).toMatch(new RegExp(`${before}.*${after}`))
  expect(portFile()).toEqual({ url: `http://127.0.0.1:${after}`, pid: process.pid, previous_url: `http://127.0.0.1:${before}` })
  await stop()
  // Agents were told the new one: it does not move back.
  await new Promise((resolve) => others.pop()?.close(resolve))
  expect(await start()).toBe(after)
})

it('leaves no file that names a dead door when the start fails', async () => {
  writeFileSync(join(dataDir, 'intake.json'), '{"url":"http://127.0.0.1:1","pid":1}\n')
  const secrets = memorySecrets()
  secrets.get = () => Promise.reject(new Error('no keychain'))
  const starting = startEngine({
    options: { dataDir, host: 'web', version: '0.0.0', firstWorkspaces: [], trustedLoopbackOrigins: [], secretsProtectedBy: 'this test', intakePort: 0 },
    secrets,
    clock: systemClock,
    random: Math.random,
    emit: () => undefined,
    report: () => undefined,
  })
  await expect(starting).rejects.toThrow('no keychain')
  expect(existsSync(join(dataDir, 'intake.json'))).toBe(false)
})

it('is in files that only their owner may read', async () => {
  await start()
  for (const name of ['intake.json', 'intake-port.json']) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600)
})
