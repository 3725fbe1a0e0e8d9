import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { type Engine, startEngine } from '../../../main/engine/engine.ts'
import { type Sandbox, startSandbox } from '../../../main/sandbox/server.ts'
import { openSecretFile } from '../../../main/web/secret-file.ts'
import { type CallInput, type CallOutput, calls, type EngineCallName } from '../../../shared/contract/console.ts'
import { tenantToken } from '../../faults/fixture.ts'

const PASSPHRASE = 'a passphrase of the backup'
let folder: string
let dataDir: string
let sandbox: Sandbox
let token: string
let engine: Engine | null = null

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-lost-secrets-'))
  dataDir = join(folder, 'console')
  sandbox = await startSandbox({ port: 0, dataDir: join(folder, 'platform'), tickMs: 50 })
  token = await tenantToken(sandbox.url)
})
afterEach(async () => {
  await stop()
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

const files = () => ['secrets.json', 'secrets.second.json'].map((name) => join(dataDir, name))

async function start(firstWorkspaces: { url: string; token: string }[] = []): Promise<string[]> {
  const told: string[] = []
  const secrets = openSecretFile(join(dataDir, 'secrets.json'), (text) => told.push(text))
  engine = await startEngine({
    options: {
      dataDir,
      host: 'web',
      version: '0.0.0',
      firstWorkspaces,
      trustedLoopbackOrigins: [sandbox.url],
      secretsProtectedBy: secrets.protectedBy,
      intakePort: 0,
      notices: told.map((text) => ({ kind: 'secrets', text })),
    },
    secrets,
    clock: systemClock,
    random: Math.random,
    emit: () => undefined,
    report: () => undefined,
  })
  return told
}

async function stop(): Promise<void> {
  await engine?.stop()
  engine = null
}

async function call<N extends EngineCallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const result = await engine?.call(name, calls[name].input.parse(input))
  if (result?.ok !== true) throw new Error(`${name}: ${result?.error.code}: ${result?.error.message}`)
  return calls[name].output.parse(result.value) as CallOutput<N>
}

const workspace = async () => (await call('workspaces.list', {}))[0]
const secretWarnings = async () => (await call('app.info', {})).warnings.filter(({ kind }) => kind === 'secrets')
const write = (secret: string) =>
  fetch(`http://127.0.0.1:${engine?.intakePort}/v1/memories`, { method: 'POST', headers: { Authorization: `Bearer ${secret}` }, body: 'remember' })

/** A console with a workspace, an agent and a write; answers its secret and a key backup. */
async function begin(): Promise<{ secret: string; backup: string; workspaceId: string }> {
  await start([{ url: sandbox.url, token }])
  await expect.poll(async () => (await workspace())?.connection.state, { timeout: 10_000 }).toBe('online')
  const workspaceId = (await workspace())?.id ?? ''
  const { secret } = await call('subKeys.create', { workspaceId, name: 'agent' })
  expect((await write(secret)).status).toBe(201)
  const { text } = await call('vault.exportBackup', { passphrase: PASSPHRASE })
  await stop()
  return { secret, backup: text, workspaceId }
}

it.each<[string, (path: string) => void]>([
  ['damaged', (path) => writeFileSync(path, readFileSync(path).fill(0, 10, 60))],
  ['emptied', (path) => truncateSync(path)],
  ['deleted', (path) => rmSync(path)],
])('both files %s: the console starts locked, says what helps, makes no other key, and takes the token that is given now', async (_name, damage) => {
  const { secret, backup, workspaceId } = await begin()
  for (const path of files()) damage(path)

  await start()
  expect(await call('vault.status', {})).toMatchObject({ state: 'empty' })
  expect(await secretWarnings()).toEqual([expect.objectContaining({ text: expect.stringContaining('only your key backup opens') })])
  expect(await workspace()).toMatchObject({ id: workspaceId })
  expect((await call('outbox.page', { workspaceId, filter: {}, before: null, limit: 10 })).rows).toHaveLength(1)
  expect((await write(secret)).status).toBe(503)
  await stop()

  await start([{ url: sandbox.url, token }])
  await expect.poll(async () => (await workspace())?.connection.state, { timeout: 10_000 }).toBe('online')
  expect(await workspace()).toMatchObject({ id: workspaceId })
  expect(await call('vault.status', {})).toMatchObject({ state: 'empty' })

  await call('vault.importBackup', { text: backup, passphrase: PASSPHRASE })
  expect(await secretWarnings()).toEqual([])
  expect((await write(secret)).status).toBe(201)
})

it('one file damaged: everything goes on, and the person is told', async () => {
  const { secret } = await begin()
  truncateSync(files()[0] ?? '')
  await start()
  expect(await call('vault.status', {})).toMatchObject({ state: 'unlocked' })
  expect(await secretWarnings()).toEqual([expect.objectContaining({ text: expect.stringMatching(/secrets\.json.*nothing was lost/) })])
  expect((await write(secret)).status).toBe(201)
})
