/** A real console and a real platform whose database is put back: what was lost there is noticed, said and sent again. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { createEnvelopeStore } from '../../../main/engine/vault/envelopes/envelope-store.ts'
import { type Sandbox, startSandbox } from '../../../main/sandbox/server.ts'
import { checkoutResponse } from '../../../shared/contract/platform.ts'
import { submitForm } from '../sandbox/fixture.ts'
import { platformEnvelopes, queueItems, stagedCiphertexts } from '../../faults/evidence.ts'
import { Device, tenantToken } from '../../faults/fixture.ts'

let folder: string
let platformFolder: string
let sandbox: Sandbox
let port: number
let device: Device

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-histories-'))
  platformFolder = join(folder, 'platform')
  sandbox = await startSandbox({ port: 0, dataDir: platformFolder, tickMs: 100 })
  port = Number(new URL(sandbox.url).port)
  device = new Device({ dataDir: join(folder, 'console'), sandboxUrl: sandbox.url, seed: 1, random: () => 0 })
  await device.begin(await tenantToken(sandbox.url))
})
afterEach(async () => {
  await device.end()
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function restartPlatform(between: () => void): Promise<void> {
  await sandbox.stop()
  between()
  sandbox = await startSandbox({ port, dataDir: platformFolder, tickMs: 100 })
  // Connections of this process to the platform before are found closed by whoever uses them first.
  for (let tried = 0; tried < 3; tried += 1) await fetch(`${sandbox.url}/healthz`).catch(() => undefined)
}

function copyPlatform(): Promise<void> {
  return restartPlatform(() => cpSync(platformFolder, join(folder, 'copy'), { recursive: true }))
}

function putPlatformBack(): Promise<void> {
  return restartPlatform(() => {
    rmSync(platformFolder, { recursive: true })
    cpSync(join(folder, 'copy'), platformFolder, { recursive: true })
  })
}

async function online(): Promise<void> {
  await device.call('workspaces.syncNow', { workspaceId: device.workspaceId })
  await device.until(async () => (await device.connection()).live === 'stream', 'the event stream', { jumpMs: 500 })
}

async function delivered(...memories: string[]): Promise<void> {
  for (const memory of memories) await device.write(memory)
  await device.until(() => device.isDelivered(), 'delivery', { jumpMs: 100 })
}

async function wentBack() {
  return (await device.call('histories.read', { workspaceId: device.workspaceId })).wentBack
}

async function dealtWith() {
  await device.until(async () => (await wentBack())?.comparing === false, 'the comparison', { jumpMs: 500 })
  await device.until(() => device.isDelivered(), 'delivery of what was lost', { jumpMs: 100 })
  return await wentBack()
}

const stored = (): string[] => platformEnvelopes(join(platformFolder, 'platform.db')).map(({ id }) => id)

async function verdicts() {
  const { lines } = await device.call('honesty.audit', { workspaceId: device.workspaceId })
  return Object.fromEntries(lines.map(({ meter, verdict, explanation }) => [meter, verdict === 'drift' ? explanation : verdict]))
}

describe('a platform that was put back', () => {
  test('what it lost is sent again, in order, and said; the counts agree or say why not', async () => {
    await delivered('kept')
    await copyPlatform()
    await online()
    await delivered('lost', 'lost', 'also lost')
    const before = stored()
    await putPlatformBack()
    expect(stored()).toHaveLength(1)
    await online()
    expect(await dealtWith()).toMatchObject({ again: 3, gone: 0, comparing: false, to: expect.any(Number) })
    // Nothing twice, and a memory's own order; memories are lanes of their own.
    expect(stored().sort()).toEqual(before.sort())
    const ofOneMemory = device.acknowledged.filter(({ memoryId }) => memoryId === 'lost').map(({ envelopeId }) => envelopeId)
    expect(stored().filter((id) => ofOneMemory.includes(id))).toEqual(ofOneMemory)
    const found = await verdicts()
    expect(found).toMatchObject({ stored_envelopes: 'agrees', stored_bytes: 'agrees' })
    expect(['agrees', expect.stringContaining('went back')]).toContainEqual(found.sync_operations)
    // A restart finds nothing more to do, and what the person has read is gone.
    await device.restart()
    await online()
    expect(await wentBack()).toMatchObject({ again: 3, comparing: false })
    await device.call('histories.dismiss', { workspaceId: device.workspaceId, what: 'went_back' })
    expect(await wentBack()).toBeNull()
    expect(stored().sort()).toEqual(before)
  })

  test('a plan that is no more is not shown, and a version below the one that was known is taken', async () => {
    const plan = async () => (await device.call('overview.read', { workspaceId: device.workspaceId })).plan?.id
    await copyPlatform()
    await online()
    await device.until(async () => (await plan()) === 'free', 'the plan of before')
    const bought = await fetch(`${sandbox.url}/api/billing/checkout`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await tenantToken(sandbox.url)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ plan: 'pro' }),
    })
    await submitForm(checkoutResponse.parse(await bought.json()).url, { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' })
    await device.until(async () => (await plan()) === 'pro', 'the plan', { jumpMs: 200 })
    await putPlatformBack()
    // The stream of before may not have been found broken yet.
    await device.until(async () => (await plan()) === 'free', 'the plan that is in force again', { jumpMs: 500 })
    await online()
    expect(await plan()).toBe('free')
  })

  test('is asked for its own count by the audit, whatever was read of it before', async () => {
    await delivered('kept')
    await online()
    expect(await verdicts()).toMatchObject({ stored_envelopes: 'agrees' })
    // Behind the feed's back: nothing that the console keeps of it changes.
    const database = new BetterSqlite3(join(platformFolder, 'platform.db'))
    database.prepare('UPDATE devices SET stored_envelopes = stored_envelopes + 41').run()
    database.close()
    await device.until(
      async () => {
        const { lines } = await device.call('honesty.audit', { workspaceId: device.workspaceId })
        const line = lines.find(({ meter }) => meter === 'stored_envelopes')
        return line?.verdict === 'drift' && line.platformCount === 42 && line.deviceCount === 1
      },
      'the present count',
      { jumpMs: 500 },
    )
  })

  test('an envelope that is on this computer no more is named, and its counts agree', async () => {
    await delivered('kept')
    await copyPlatform()
    await online()
    await delivered('one', 'two', 'three')
    const gone = device.acknowledged.at(-1)?.envelopeId ?? ''
    await device.until(() => stagedCiphertexts(device.dataDir).size === 0, 'the mover', { jumpMs: 500 })
    await device.stop()
    const store = createEnvelopeStore({ dataDir: device.dataDir, clock: systemClock, after: () => () => undefined, warn: () => undefined })
    await store.remove([gone])
    await store.sync()
    await store.close()
    await putPlatformBack()
    await device.start()
    await online()
    expect(await dealtWith()).toMatchObject({ again: 2, gone: 1 })
    expect(stored()).not.toContain(gone)
    expect(await verdicts()).toMatchObject({ stored_envelopes: 'agrees', stored_bytes: 'agrees' })
  })

  test('a delete and an edit that it lost are made again', async () => {
    await delivered('kept', 'deleted')
    await copyPlatform()
    await online()
    const deleted = device.acknowledged.at(-1)?.envelopeId ?? ''
    const answer = await fetch(`http://127.0.0.1:${device.intakePort}/v1/memories/deleted`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${device.agent.secret}` },
    })
    expect(answer.ok).toBe(true)
    await device.call('settings.put', { workspaceId: device.workspaceId, key: 'org_name', value: 'Lost and found' })
    await device.until(() => device.isDelivered(), 'delivery', { jumpMs: 100 })
    await device.until(() => storedName() === 'Lost and found', 'the edit', { jumpMs: 200 })
    await device.until(() => !stored().includes(deleted), 'the delete', { jumpMs: 200 })
    // The console has read what both of them changed.
    await device.until(async () => (await edit())?.state === null, 'the reading of the edit', { jumpMs: 200 })
    await putPlatformBack()
    expect(stored()).toContain(deleted)
    expect(storedName()).not.toBe('Lost and found')
    await online()
    expect(await dealtWith()).toMatchObject({ again: 2, gone: 0 })
    await device.until(() => !stored().includes(deleted), 'the delete again', { jumpMs: 200 })
    await device.until(() => storedName() === 'Lost and found', 'the edit again', { jumpMs: 200 })
  })

  test('what waits of the same memory stays behind what is sent again', async () => {
    await delivered('memory')
    await copyPlatform()
    await online()
    await delivered('memory', 'memory')
    await sandbox.stop()
    await device.write('memory')
    await device.stop()
    rmSync(platformFolder, { recursive: true })
    cpSync(join(folder, 'copy'), platformFolder, { recursive: true })
    sandbox = await startSandbox({ port, dataDir: platformFolder, tickMs: 100 })
    await device.start()
    await online()
    await dealtWith()
    expect(stored()).toEqual(device.acknowledged.map(({ envelopeId }) => envelopeId))
    expect(queueItems(device.dataDir)).toHaveLength(4)
  })

  test('ten restarts of the platform take nothing anew', async () => {
    await delivered('kept')
    for (let start = 0; start < 10; start += 1) {
      await restartPlatform(() => undefined)
      await online()
    }
    expect(await wentBack()).toBeNull()
  })
})

async function edit() {
  return (await device.call('settings.list', { workspaceId: device.workspaceId })).find(({ key }) => key === 'org_name')
}

function storedName(): unknown {
  const database = new BetterSqlite3(join(platformFolder, 'platform.db'), { readonly: true })
  try {
    return database
      .prepare("SELECT value FROM settings JOIN workspaces ON workspaces.id = workspace_id WHERE key = 'org_name' AND catalog = 'layer-a'")
      .pluck()
      .get()
  } finally {
    database.close()
  }
}
