import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { createEnvelopeStore } from '../../../main/engine/vault/envelopes/envelope-store.ts'
import { createMover } from '../../../main/engine/vault/envelopes/mover.ts'
import { envelopeAt, openChildStage } from './child-stage.ts'
import { traceOf, whyNoTrace } from './trace.ts'

const script = fileURLToPath(new URL('./mover-process.ts', import.meta.url))
const CYCLES = Number(process.env.FAULT_CYCLES ?? 5)
let dataDir = ''
let child: ChildProcess | null = null

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-crash-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

/** Runs the process until it has said `word` `times`, waits `delayMs` more, and kills it. */
async function runAndKill(word: string, times: number, delayMs: number): Promise<string[]> {
  const running = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, dataDir, '60', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  child = running
  const said: string[] = []
  const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()))
  for await (const line of createInterface({ input: running.stdout })) {
    said.push(line)
    if (said.filter((other) => other === word).length === times) {
      setTimeout(() => running.kill('SIGKILL'), delayMs)
      times = Number.POSITIVE_INFINITY
    }
  }
  await ended
  return said
}

describe(`killed at random points of mover and compaction, ${CYCLES} times`, () => {
  it(
    'has every acknowledged envelope exactly once, with its own bytes',
    async () => {
      for (let cycle = 0; cycle < CYCLES; cycle += 1) {
        const said = await runAndKill(cycle % 2 === 0 ? 'moving' : 'compacting', 1 + (cycle % 3), Math.random() * 80)
        expect(said.filter((line) => line.startsWith('failed'))).toEqual([])
      }
      const stage = openChildStage(join(dataDir, 'stage.db'))
      const warnings: string[] = []
      const store = createEnvelopeStore({ dataDir, clock: systemClock, warn: (text) => warnings.push(text) })
      const mover = createMover({ stage, store, clock: systemClock, failed: (error) => warnings.push(String(error)), roomFor: () => true })
      await mover.flush()
      await store.compact()
      expect(stage.waitingCount()).toBe(0)
      const acknowledged = stage.ids()
      expect(acknowledged.length).toBeGreaterThan(0)
      expect(await store.count()).toBe(acknowledged.length)
      const rows = await store.ciphertextBetween(1, stage.highest())
      expect(rows.map((row) => row.id)).toEqual(acknowledged)
      for (const row of rows) expect(Buffer.from(row.ciphertext).equals(envelopeAt(row.sequence).ciphertext), row.id).toBe(true)
      expect(warnings).toEqual([])
      await store.close()
      stage.close()
    },
    60_000 + CYCLES * 6_000,
  )
})

describe('the trace of the process', () => {
  const reason = whyNoTrace()
  if (reason !== null) console.log(`skipped: the order of syncs is not traced, ${reason}`)

  it.skipIf(reason !== null)(
    'shows Lance’s files synced before SQLite’s copy is dropped and before old files are removed',
    async () => {
      const traceFile = join(dataDir, 'trace.txt')
      const running = spawn(
        'strace',
        [
          '-f',
          '-qq',
          '-y',
          '-s',
          '0',
          '-e',
          'trace=openat,creat,rename,renameat,renameat2,link,linkat,unlink,unlinkat,fsync,fdatasync,pwrite64,write',
          '-o',
          traceFile,
          process.execPath,
          '--disable-warning=ExperimentalWarning',
          script,
          dataDir,
          '40',
          '5',
        ],
        { stdio: 'ignore' },
      )
      child = running
      expect(await new Promise((resolve) => running.once('exit', resolve))).toBe(0)
      const trace = traceOf(await readFile(traceFile, 'utf8'), join(dataDir, 'envelopes.lance'), join(dataDir, 'stage.db-wal'))

      // Five batches and a compaction: data files, manifests and folders were made, and old files removed.
      expect(trace.made.filter((file) => file.includes('/data/')).length).toBeGreaterThanOrEqual(6)
      expect(trace.removed.filter((file) => file.includes('/data/')).length).toBeGreaterThanOrEqual(5)
      // Each drop is a write to the WAL after the Lance files of its batch were made; at that moment none was without a sync.
      expect(trace.dropsWithUnsynced).toEqual([])
      expect(trace.drops).toBe(5)
      // Nothing old was removed while anything new was only in memory.
      expect(trace.removalsWithUnsynced).toEqual([])
      expect(existsSync(join(dataDir, 'envelopes.lance'))).toBe(true)
    },
    120_000,
  )
})
