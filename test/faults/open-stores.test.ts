/** What a console does with files that are damaged, or from the future: nothing that can be had again is mourned, nothing else is given up. */
import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrations } from '../../main/engine/store/migrations.ts'
import { bundleEngineProcess, startEngineChild } from './engine-child.ts'
import { integrityOf, lanceRows, platformEnvelopes, queueItems, stagedCiphertexts } from './evidence.ts'
import { type Device, type Scene, startScene } from './fixture.ts'

const PAGE_BYTES = 4096
let scene: Scene
let device: Device
const file = (name: string): string => join(device.dataDir, name)

beforeEach(async () => {
  scene = await startScene({ random: () => 0 })
  device = scene.device
})
afterEach(() => scene.close())

async function warnings(): Promise<string[]> {
  return (await device.call('app.info', {})).warnings.map(({ kind, text }) => `${kind}: ${text}`)
}

/** Writes that the platform does not get, carried over to LanceDB. */
async function writeHeldBack(count: number): Promise<string[]> {
  await device.proxy.setFaults({ kind: 'refuse' })
  const written = await device.writeAll(Array.from({ length: count }, (_, index) => `kept-${index}`))
  await device.until(() => stagedCiphertexts(device.dataDir).size === 0, 'the mover', { jumpMs: 500 })
  return written.map(({ envelopeId }) => envelopeId)
}

function version(name: string, next?: number): number {
  const database = new BetterSqlite3(file(name))
  if (next !== undefined) database.pragma(`user_version = ${next}`)
  const found = Number(database.pragma('user_version', { simple: true }))
  database.close()
  return found
}

/** Overwrites whole pages, as a failing disk does. */
function ruin(name: string, pages: readonly number[]): void {
  const descriptor = openSync(file(name), 'r+')
  for (const page of pages) writeSync(descriptor, Buffer.alloc(PAGE_BYTES, 0xab), 0, PAGE_BYTES, (page - 1) * PAGE_BYTES)
  closeSync(descriptor)
}

/** Every page that a table's rows lie on, its root too. */
function pagesOf(name: string, table: string): number[] {
  const database = new BetterSqlite3(file(name))
  // The log into the file first, so that the file alone is the database.
  database.pragma('wal_checkpoint(TRUNCATE)')
  const root = database.prepare<[string], number>('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) ?? 0
  database.close()
  const bytes = readFileSync(file(name))
  const found: number[] = []
  const visit = (page: number): void => {
    found.push(page)
    const at = (page - 1) * PAGE_BYTES + (page === 1 ? 100 : 0)
    // Interior page of a table b-tree: child pointers in its cells, and one more in its header.
    if (bytes[at] !== 5) return
    const cells = bytes.readUInt16BE(at + 3)
    for (let cell = 0; cell < cells; cell += 1) visit(bytes.readUInt32BE((page - 1) * PAGE_BYTES + bytes.readUInt16BE(at + 12 + 2 * cell)))
    visit(bytes.readUInt32BE(at + 8))
  }
  visit(root)
  return found
}

describe('cache.db', () => {
  it.each(['damaged', 'from the future'])('%s: put aside, fetched again, and the person is told', async (kind) => {
    await device.write('delivered')
    await device.until(() => device.isDelivered(), 'the delivery')
    await device.stop()
    if (kind === 'damaged') writeFileSync(file('cache.db'), Buffer.alloc(20_000, 0x55))
    else version('cache.db', 4_711)
    await device.start()
    expect(await warnings()).toEqual([expect.stringContaining('cache_rebuilt: The local copy of the platform’s data')])
    expect(readdirSync(device.dataDir).some((name) => /^cache\.db\.(damaged|future)-/.test(name))).toBe(true)
    await device.until(async () => (await device.call('overview.read', { workspaceId: device.workspaceId })).meters.length === 4, 'the data', { jumpMs: 200 })
    expect((await device.call('overview.read', { workspaceId: device.workspaceId })).plan?.id).toBe('free')
    expect(device.states()).toEqual({ delivered: 1 })
  })
})

describe('outbox.db', () => {
  it('with rows that cannot be read: salvaged, the damaged file kept, the person told, and what was lost is queued again at once from the journal', async () => {
    const ids = await writeHeldBack(300)
    await device.stop()
    const pages = pagesOf('outbox.db', 'item')
    expect(pages.length).toBeGreaterThan(6)
    // Leaves from the middle: their items are gone from SQLite for good.
    ruin('outbox.db', pages.slice(3, 6))
    const ruined = readFileSync(file('outbox.db'))
    await device.start()
    expect(await warnings()).toEqual([
      expect.stringMatching(
        /^salvaged: outbox\.db was damaged\. \d+ rows were salvaged\. Some rows could not be read \(.*item.*\)\. The damaged file is kept as outbox\.db\.damaged-/,
      ),
    ])
    const kept = readdirSync(device.dataDir).find((name) => /^outbox\.db\.damaged-[^-]+$/.test(name)) ?? ''
    expect(readFileSync(file(kept)).equals(ruined)).toBe(true)
    expect(queueItems(device.dataDir)).toHaveLength(300)
    expect(await lanceRows(device.dataDir)).toHaveLength(300)
    await device.proxy.setFaults()
    await device.until(() => device.isDelivered(), 'the delivery', { jumpMs: 1_000 })
    expect(
      platformEnvelopes(scene.platformFile)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...ids].sort())
    expect(await scene.contradictions(true)).toEqual([])
    expect(scene.miscounts()).toEqual([])
    // Not a second time.
    await device.restart()
    expect(await warnings()).toEqual([])
  })

  it('of which nothing can be read: the newest copy takes its place, and what came after the copy is queued again from LanceDB', async () => {
    const before = await writeHeldBack(60)
    await device.call('backups.create', {})
    const after = await device.write('after the copy')
    await device.until(() => stagedCiphertexts(device.dataDir).size === 0, 'the mover', { jumpMs: 500 })
    await device.stop()
    for (const companion of ['-wal', '-shm']) rmSync(file(`outbox.db${companion}`), { force: true })
    writeFileSync(file('outbox.db'), Buffer.alloc(statSync(file('outbox.db')).size, 0x55))
    await device.start()
    expect(await warnings()).toEqual([
      expect.stringMatching(/^salvaged: outbox\.db was damaged and could not be read\. It was restored from the copy outbox-\d{6}-\d{8}T\d{9}Z\.db/),
    ])
    await device.until(() => queueItems(device.dataDir).some(({ id }) => id === after.envelopeId), 'what came after the copy', { jumpMs: 500 })
    await device.proxy.setFaults()
    await device.until(() => device.isDelivered(), 'the delivery', { jumpMs: 1_000 })
    expect(
      platformEnvelopes(scene.platformFile)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...before, after.envelopeId].sort())
    expect(await scene.contradictions(true)).toEqual([])
  })

  it('from the future: refused with both versions, not a byte of it changed', async () => {
    await device.write('safe')
    await device.stop()
    version('outbox.db', 4_711)
    const before = readFileSync(file('outbox.db'))
    const known = migrations.outbox.at(-1)?.version
    await expect(device.start()).rejects.toThrow(new RegExp(`outbox\\.db has version 4711, this program knows version ${known} at most`))
    expect(readFileSync(file('outbox.db')).equals(before)).toBe(true)
    expect(readdirSync(device.dataDir).filter((name) => name.includes('damaged') || name.includes('future'))).toEqual([])
    version('outbox.db', known)
    await device.start()
    expect(queueItems(device.dataDir)).toHaveLength(1)
  })

  it('from the future: a process says so in words and ends', async () => {
    await device.stop()
    version('outbox.db', 4_711)
    const bundlePath = await bundleEngineProcess({ eagerCompaction: false })
    const options = { dataDir: device.dataDir, sandboxUrl: scene.sandbox.url, speed: 1, seed: 1 }
    await expect(startEngineChild(bundlePath, options)).rejects.toThrow(/the engine did not start: .*version 4711/)
  })
})

describe('copies of outbox.db', () => {
  it('three are kept, each is whole, and none holds a key, a token or a cleartext', async () => {
    await writeHeldBack(20)
    const names: string[] = []
    for (let copy = 0; copy < 5; copy += 1) {
      device.clock.jump(1_000)
      names.push((await device.call('backups.create', {})).name)
    }
    const listed = (await device.call('backups.list', {})).map(({ name }) => name)
    // Others are made meanwhile: after the first write, after a change of sub-keys.
    expect(listed).toHaveLength(3)
    expect(listed).toEqual([...listed].sort().reverse())
    expect(listed).toContain(names.at(-1))
    expect(listed).not.toContain(names[0])
    const masterKey: unknown = JSON.parse(device.masterKeyRecord)
    const key = typeof masterKey === 'object' && masterKey !== null && 'key' in masterKey ? String(masterKey.key) : ''
    const secrets = [device.agent.secret, key, ...device.secrets.values()].flatMap((secret) => [Buffer.from(secret), Buffer.from(secret, 'base64')])
    for (const name of listed) {
      expect(integrityOf(join(file('backups'), name))).toBe('ok')
      const bytes = readFileSync(join(file('backups'), name))
      for (const secret of secrets) if (secret.length >= 16) expect(bytes.includes(secret)).toBe(false)
      expect(bytes.includes('kept-7')).toBe(false)
    }
  })
})
