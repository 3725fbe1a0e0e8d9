import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { type Engine, startEngine } from '../../../main/engine/engine.ts'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { memorySecrets } from '../memory-secrets.ts'

let dataDir: string
let engine: Engine | null = null

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-private-'))
})
afterEach(async () => {
  await stop()
  rmSync(dataDir, { recursive: true, force: true })
})

async function start(folder = dataDir): Promise<void> {
  engine = await startEngine({
    options: {
      dataDir: folder,
      host: 'web',
      version: '0.0.0',
      firstWorkspaces: [],
      trustedLoopbackOrigins: [],
      secretsProtectedBy: 'this test',
      intakePort: 0,
    },
    secrets: memorySecrets(),
    clock: systemClock,
    random: Math.random,
    emit: () => undefined,
    report: () => undefined,
  })
}

async function stop(): Promise<void> {
  await engine?.stop()
  engine = null
}

async function call(name: 'app.info' | 'backups.create'): Promise<unknown> {
  const result = await engine?.call(name, {})
  if (result?.ok !== true) throw new Error(`${name}: ${result?.error.message}`)
  return result.value
}

const warnings = async () => ((await call('app.info')) as CallOutput<'app.info'>).warnings

/** Files by name with rights that others have; empty: none. */
function openToOthers(): string[] {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => (statSync(join(dataDir, name)).mode & 0o077) !== 0)
}

it('gives nobody else a right on anything it makes, with the umask that most systems have', async () => {
  expect(process.umask() & 0o077).toBe(0o022)
  await start()
  await call('backups.create')
  expect(readdirSync(dataDir)).toEqual(expect.arrayContaining(['outbox.db', 'outbox.db-wal', 'outbox.db-shm', 'cache.db', 'egress.db', 'backups', 'drop']))
  expect(openToOthers()).toEqual([])
})

it('closes databases of earlier versions, and their logs', async () => {
  await start()
  await stop()
  for (const name of ['outbox.db', 'cache.db', 'egress.db']) {
    chmodSync(join(dataDir, name), 0o644)
    writeFileSync(join(dataDir, `${name}-wal`), '', { mode: 0o644 })
  }
  await start()
  expect(openToOthers()).toEqual([])
})

it.each(['line\nbreak', 'tab\t'])('refuses a path in which LanceDB would write elsewhere, before anything is made: %j', async (name) => {
  await expect(start(join(dataDir, name))).rejects.toThrow(/control character.*Rename that folder/)
  expect(readdirSync(dataDir)).toEqual([])
})

describe('a thing of the wrong kind in the data folder', () => {
  it.each(['drop', 'backups', 'undelivered'])('a file named %s: set aside as it was and said, the start and that part go on', async (name) => {
    writeFileSync(join(dataDir, name), 'somebody’s')
    await start()
    expect(await warnings()).toContainEqual({
      kind: 'folder',
      at: expect.any(Number),
      text: expect.stringMatching(new RegExp(`^${name} .*renamed to ${name}\\.aside-1`)),
    })
    expect(readFileSync(join(dataDir, `${name}.aside-1`), 'utf8')).toBe('somebody’s')
    await call('backups.create')
    expect(statSync(join(dataDir, 'drop')).isDirectory()).toBe(true)
    await stop()
    await start()
    expect(await warnings()).toEqual([])
  })

  it.each(['intake.json', 'intake-port.json', 'cache.db'])('a folder named %s: the same', async (name) => {
    mkdirSync(join(dataDir, name))
    writeFileSync(join(dataDir, name, 'inside'), 'somebody’s')
    await start()
    expect(await warnings()).toContainEqual({ kind: 'folder', at: expect.any(Number), text: expect.stringContaining(`${name}.aside-1`) })
    expect(readFileSync(join(dataDir, `${name}.aside-1`, 'inside'), 'utf8')).toBe('somebody’s')
    expect(statSync(join(dataDir, name)).isFile()).toBe(true)
  })

  it('several: all are said in one warning', async () => {
    for (const name of ['drop', 'backups']) writeFileSync(join(dataDir, name), '')
    await start()
    const folderWarnings = (await warnings()).filter(({ kind }) => kind === 'folder')
    expect(folderWarnings.map(({ text }) => text)).toEqual([expect.stringMatching(/drop\.aside-1.*backups\.aside-1/)])
    expect(existsSync(join(dataDir, 'backups.aside-1'))).toBe(true)
  })
})
