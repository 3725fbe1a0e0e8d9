import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openRealConsole } from './real-console.ts'

const WORKSPACE = '018f0000-0000-7000-8000-000000000001'
const MIB = 1024 * 1024

/** A disk of its own of 80 MiB; the words say why there is none. */
async function mountSmallDisk(): Promise<{ path: string } | { reason: string }> {
  if (process.platform !== 'linux') return { reason: 'a small disk can be mounted on Linux only' }
  if (process.getuid?.() !== 0) return { reason: 'mounting a small disk needs root' }
  const path = await mkdtemp(join(tmpdir(), 'tidemark-small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=80m,mode=0700', 'tmpfs', path], { stdio: 'pipe' })
    return { path }
  } catch (error) {
    await rm(path, { recursive: true })
    return { reason: `the small disk could not be mounted (${error instanceof Error ? error.message.split('\n')[0] : 'unknown'})` }
  }
}

const smallDisk = await mountSmallDisk()
const reason = 'reason' in smallDisk ? smallDisk.reason : null

afterAll(async () => {
  if ('reason' in smallDisk) return
  // Lazily: after a failure the files may still be open.
  execFileSync('umount', ['-l', smallDisk.path])
  await rm(smallDisk.path, { recursive: true })
})

describe(reason === null ? 'on a disk of 80 MiB' : `on a disk of 80 MiB (skipped: ${reason})`, () => {
  it.skipIf(reason !== null)(
    'answers 507 before and when it is full, loses nothing that it acknowledged, stores nothing halfway, and goes on when there is room',
    async () => {
      if ('reason' in smallDisk) throw new Error('not reached')
      const dataDir = smallDisk.path
      const secrets = new Map<string, string>()
      let tidemark = await openRealConsole(dataDir, secrets)
      const { secret } = await tidemark.agent(WORKSPACE, 'Alice')
      const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
        fetch(`${tidemark.server.url}${path}`, { ...init, headers: { ...init.headers, Authorization: `Bearer ${secret}` } })
      const kept = new Map<string, Buffer>()
      const write = async (id: string, bytes: Buffer): Promise<number> => {
        const response = await ask('/v1/memories', { method: 'POST', body: new Uint8Array(bytes), headers: { 'Tidemark-Memory-Id': id } })
        const body: unknown = await response.json()
        if (response.status === 201) kept.set(id, bytes)
        else expect(body).toMatchObject({ code: 'disk_full' })
        return response.status
      }

      const early: number[] = []
      for (let index = 0; index < 400 && early.at(-1) !== 507; index += 1) early.push(await write(`early-${index}`, randomBytes(200_000)))
      expect(early.at(-1)).toBe(507)
      expect(kept.size).toBeGreaterThan(10)
      await tidemark.disk.check()
      expect(tidemark.warnings.map((warning) => warning?.kind)).toContain('disk_full')
      // The reserve is still there for what the outbox has to note.
      expect(tidemark.disk.freeBytes()).toBeGreaterThan(MIB)
      expect((await ask('/v1/memories/early-0', { method: 'DELETE' })).status).toBe(202)
      kept.delete('early-0')

      // Another program takes the rest: now the writes themselves fail. The guard looks away, as it does between two readings.
      await tidemark.close()
      const filler = join(dataDir, 'filler')
      await writeFile(filler, Buffer.alloc(100_000))
      tidemark = await openRealConsole(dataDir, secrets, { reserveBytes: 0 })
      await fill(filler)
      const late = await Promise.all(Array.from({ length: 5 }, (_, index) => write(`late-${index}`, randomBytes(300_000))))
      expect(late).toContain(507)
      const before = tidemark.outbox.tally(WORKSPACE).pending.count
      expect(before).toBe(kept.size)
      expect(tidemark.disk.state()).toBe('full')
      for (const [id, bytes] of kept) {
        const read = await ask(`/v1/memories/${id}`)
        expect([id, read.status, Buffer.from(await read.arrayBuffer()).equals(bytes)]).toEqual([id, 200, true])
      }

      await unlink(filler)
      await expect.poll(() => tidemark.disk.hasRoomFor(1), { timeout: 15_000 }).toBe(true)
      expect(await write('after', Buffer.from('room again'))).toBe(201)
      await tidemark.close()
      tidemark = await openRealConsole(dataDir, secrets, { reserveBytes: 0 })
      for (const [id, bytes] of kept) expect(Buffer.from(await (await ask(`/v1/memories/${id}`)).arrayBuffer()).equals(bytes)).toBe(true)
      await tidemark.close()
    },
    40_000,
  )
})

/** Grows a file until the disk takes nothing more. */
async function fill(path: string): Promise<void> {
  for (const size of [MIB, 64 * 1024, 4096]) {
    for (;;) {
      try {
        await writeFile(path, Buffer.alloc(size), { flag: 'a' })
      } catch {
        break
      }
    }
  }
}
