import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { Instances } from '../../../main/engine/sync/accounts/instances.ts'
import { type Sandbox, startSandbox } from '../../../main/sandbox/server.ts'
import { MAX_INSTANCES } from '../../../shared/contract/platform.ts'
import { tenantToken } from '../../faults/fixture.ts'
import { openConsole, type TestConsole, until } from './test-console.ts'

let folder: string
let sandbox: Sandbox
const open: TestConsole[] = []

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-forks-'))
  sandbox = await startSandbox({ port: 0, dataDir: path.join(folder, 'platform'), tickMs: 50 })
})
afterEach(async () => {
  for (const console of open.splice(0)) await console.close()
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

function start(name: string): TestConsole {
  const console = openConsole(systemClock, { dataDir: path.join(folder, name) })
  open.push(console)
  console.sync.start()
  return console
}

async function close(console: TestConsole): Promise<void> {
  open.splice(open.indexOf(console), 1)
  await console.close()
}

describe('a data folder', () => {
  it('that starts again and again, online or not, stays one device', async () => {
    mkdirSync(path.join(folder, 'one'))
    let console = start('one')
    const id = (await console.sync.add(sandbox.url, await tenantToken(sandbox.url))).id
    await until(() => console.sync.sessions.current(id) !== null, 'a session')
    const device = console.sync.deviceId(id)
    for (let again = 0; again < 3; again += 1) {
      await close(console)
      // A start that never reached the platform.
      const offline = openConsole(systemClock, { dataDir: path.join(folder, 'one') })
      await offline.close()
      console = start('one')
      const { sync, forked } = console
      await until(() => sync.sessions.current(id) !== null, 'a session again')
      expect([forked, sync.deviceId(id)]).toEqual([[], device])
    }
  })

  it('that was copied becomes another device where it is noticed, and goes on at once', async () => {
    mkdirSync(path.join(folder, 'one'))
    const before = start('one')
    const id = (await before.sync.add(sandbox.url, await tenantToken(sandbox.url))).id
    await until(() => before.sync.sessions.current(id) !== null, 'a session')
    const device = before.sync.deviceId(id)
    await close(before)
    cpSync(path.join(folder, 'one'), path.join(folder, 'two'), { recursive: true })
    const original = start('one')
    await until(() => original.sync.sessions.current(id) !== null, 'the session of the original')
    const copy = openConsole(systemClock, { dataDir: path.join(folder, 'two') })
    open.push(copy)
    const token = await tenantToken(sandbox.url)
    await copy.secrets.set(`token/${id}`, token)
    copy.sync.start()
    await until(() => copy.sync.sessions.current(id) !== null, 'the session of the copy')
    expect(copy.forked).toEqual([{ workspaceId: id, deviceId: device }])
    expect(copy.sync.deviceId(id)).not.toBe(device)
    expect(original.sync.deviceId(id)).toBe(device)
    await until(() => original.documents.read(id, 'counter', 'sync_devices')?.used === 2, 'two sync devices')
    // What the other one wrote is fetched without anybody asking.
    await until(() => copy.sync.restoreProgress(id).state === 'done', 'the taking over')
    // Known from now on: the next start is no fork.
    await close(copy)
    const again = openConsole(systemClock, { dataDir: path.join(folder, 'two') })
    open.push(again)
    again.sync.start()
    await until(() => again.sync.sessions.current(id) !== null, 'the session of the copy again')
    expect(again.forked).toEqual([])
  })
})

describe('the starts of a data folder', () => {
  it('are kept on disk, the newest thousand of them', () => {
    const console = openConsole(systemClock, { dataDir: folder })
    open.push(console)
    let last = new Instances(console.outbox)
    for (let count = 0; count < 3; count += 1) {
      const next = new Instances(console.outbox)
      expect(next.earlier[0]).toBe(last.current)
      expect(next.earlier).not.toContain(next.current)
      last = next
    }
    console.outbox.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
      INSERT INTO instance (id) SELECT '00000000-0000-4000-8000-' || printf('%012d', i) FROM n`)
    const full = new Instances(console.outbox)
    expect(full.earlier).toHaveLength(MAX_INSTANCES)
    expect(full.earlier[0]).toBe('00000000-0000-4000-8000-000000001200')
    expect(console.outbox.prepare('SELECT count(*) FROM instance').pluck().get()).toBe(MAX_INSTANCES)
  })
})
