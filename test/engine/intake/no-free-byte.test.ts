import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { type Engine, startEngine } from '../../../main/engine/engine.ts'
import { startSandbox } from '../../../main/sandbox/server.ts'
import { calls } from '../../../shared/contract/console.ts'
import { tenantToken } from '../../faults/fixture.ts'
import { memorySecrets } from '../memory-secrets.ts'

const MIB = 1024 * 1024

/** A disk of its own of 64 MiB; the words say why there is none. */
async function mountSmallDisk(): Promise<{ path: string } | { reason: string }> {
  if (process.platform !== 'linux') return { reason: 'a small disk can be mounted on Linux only' }
  if (process.getuid?.() !== 0) return { reason: 'mounting a small disk needs root' }
  const path = await mkdtemp(join(tmpdir(), 'tidemark-no-free-byte-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0700', 'tmpfs', path], { stdio: 'pipe' })
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

describe(reason === null ? 'a disk without a free byte' : `a disk without a free byte (skipped: ${reason})`, () => {
  it.skipIf(reason !== null)(
    'is answered with 507; the engine runs on, stops and starts on it, and goes on by itself when there is room',
    async () => {
      if ('reason' in smallDisk) throw new Error('not reached')
      const dataDir = smallDisk.path
      const platformDir = mkdtempSync(join(tmpdir(), 'tidemark-platform-'))
      const failures: unknown[] = []
      const sandbox = await startSandbox({ port: 0, dataDir: platformDir, tickMs: 100, report: (error) => failures.push(error) })
      const reports: string[] = []
      const secrets = memorySecrets()
      const uncaught: unknown[] = []
      const noteUncaught = (error: unknown): void => void uncaught.push(error)
      process.on('uncaughtException', noteUncaught)
      const start = (intakePort = 0): Promise<Engine> => {
        return startEngine({
          options: {
            dataDir,
            host: 'web',
            version: '0.0.0',
            firstWorkspaces: [],
            trustedLoopbackOrigins: [sandbox.url],
            secretsProtectedBy: 'this test',
            intakePort,
          },
          secrets,
          clock: systemClock,
          random: Math.random,
          emit: () => undefined,
          report: (line) => reports.push(line),
        })
      }
      const call = async (engine: Engine, name: 'workspaces.add' | 'subKeys.create' | 'outbox.tally' | 'app.info', input: unknown): Promise<unknown> => {
        const result = await engine.call(name, calls[name].input.parse(input))
        if (!result.ok) throw new Error(`${name}: ${result.error.code}`)
        return result.value
      }
      let engine = await start()
      const { id: workspaceId } = (await call(engine, 'workspaces.add', { url: sandbox.url, token: await tenantToken(sandbox.url) })) as { id: string }
      const { secret } = (await call(engine, 'subKeys.create', { workspaceId, name: 'agent' })) as { secret: string }
      const write = async (port: number): Promise<number> => {
        const answer = await fetch(`http://127.0.0.1:${port}/v1/memories`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${secret}`, 'Tidemark-Memory-Id': crypto.randomUUID() },
          body: new Uint8Array(1000),
        })
        await answer.arrayBuffer()
        return answer.status
      }
      expect(await write(engine.intakePort)).toBe(201)
      const port = engine.intakePort
      await expect.poll(() => readdirSync(dataDir).includes('start.reserve'), { timeout: 10_000 }).toBe(true)

      // The console runs while another program takes the last byte; then things happen that are noted in the activity log.
      await fill(join(dataDir, 'filler'))
      expect(statfsSync(dataDir).bavail).toBe(0)
      await expect.poll(() => write(port), { timeout: 20_000 }).toBe(507)
      await sandbox.stop()
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      expect(await write(port)).toBe(507)
      expect(uncaught).toEqual([])
      await engine.stop()

      // It starts on the full disk, with what it had put by for that.
      await fill(join(dataDir, 'filler-2'))
      engine = await start(port)
      expect(engine.intakePort).toBe(port)
      expect(await write(port)).toBe(507)
      await engine.stop()

      // And once more, when there is nothing put by any more: it answers, and waits for room.
      await fill(join(dataDir, 'filler-3'))
      for (const name of readdirSync(dataDir)) if (name.endsWith('-shm') || name.endsWith('-wal')) rmSync(join(dataDir, name))
      await fill(join(dataDir, 'filler-4'))
      engine = await start(port)
      expect(await write(engine.intakePort)).toBe(507)

      for (const name of readdirSync(dataDir)) if (name.startsWith('filler')) await unlink(join(dataDir, name))
      await expect.poll(() => write(engine.intakePort).catch(() => 0), { timeout: 20_000 }).toBe(201)
      expect(engine.intakePort).toBe(port)
      // The agents' door opens a moment before the rest of it.
      await expect.poll(() => call(engine, 'app.info', {}).catch(() => null), { timeout: 10_000 }).not.toBeNull()
      const { tally } = (await call(engine, 'outbox.tally', { workspaceId })) as { tally: Record<string, { count: number }> }
      expect(Object.values(tally).reduce((sum, { count }) => sum + count, 0)).toBe(2)
      await engine.stop()
      process.off('uncaughtException', noteUncaught)
      expect(uncaught).toEqual([])
      expect(reports.filter((line) => line.includes('SqliteError'))).toEqual([])
      rmSync(platformDir, { recursive: true, force: true })
      expect(failures).toEqual([])
    },
    90_000,
  )
})

/** Grows a file until the disk takes nothing more. */
async function fill(path: string): Promise<void> {
  for (const size of [MIB, 64 * 1024, 4096]) {
    for (;;) {
      try {
        await writeFile(path, Buffer.alloc(size, 1), { flag: 'a' })
      } catch {
        break
      }
    }
  }
}
