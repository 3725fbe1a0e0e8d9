/** Watches the running engine from outside, with strace: what is on the disk when, and when is it said to be. */
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../main/sandbox/server.ts'
import { traceOf, whyNoTrace } from '../engine/vault/trace.ts'
import { acknowledgementsOf } from './acknowledgement-trace.ts'
import { bundleEngineProcess, type EngineChild, startEngineChild } from './engine-child.ts'
import { stagedCiphertexts } from './evidence.ts'
import { tenantToken } from './fixture.ts'
import { startFaultProxy } from './proxy.ts'

const reason = whyNoTrace()
if (reason !== null) console.log(`skipped: the running engine is not traced, ${reason}`)
const ROUNDS = 3
const SINGLE_WRITES = 8
const PARALLEL_WRITES = 12

let folder = ''
let sandbox: Sandbox
let bundlePath = ''
let child: EngineChild | null = null
let trace = ''

beforeAll(async () => {
  if (reason !== null) return
  folder = mkdtempSync(join(tmpdir(), 'tidemark-trace-'))
  const dataDir = join(folder, 'console')
  sandbox = await startSandbox({ port: 0, dataDir: join(folder, 'platform') })
  const proxy = await startFaultProxy({ target: sandbox.url })
  bundlePath = await bundleEngineProcess({ eagerCompaction: true })
  const options = { dataDir, sandboxUrl: sandbox.url, speed: 1, seed: 1, compaction: 'at rest' } as const
  child = await startEngineChild(bundlePath, options)
  const { id: workspaceId } = await child.call('workspaces.add', { url: proxy.url, token: await tenantToken(sandbox.url) })
  const { secret } = await child.call('subKeys.create', { workspaceId, name: 'agent' })
  await child.stop()
  // Without a platform the drainer writes nothing: each commit in the trace is an agent's write or the mover's drop.
  await proxy.setFaults({ kind: 'refuse' })
  const file = join(folder, 'trace.txt')
  const calls = 'openat,creat,rename,renameat,renameat2,link,linkat,unlink,unlinkat,fsync,fdatasync,pwrite64,read,recvfrom,write,writev,sendto,sendmsg'
  child = await startEngineChild(bundlePath, options, ['strace', '-f', '-qq', '-y', '-s', '24', '-e', `trace=${calls}`, '-o', file])
  const post = async (id: string): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${child?.intakePort}/v1/memories`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret}`, 'Tidemark-Memory-Id': id },
      body: `content of ${id}`,
    })
    expect(answer.status).toBe(201)
    await answer.arrayBuffer()
  }
  // The comparison of the stores commits too, five seconds after the start; it finds no table yet and is over before the first write. The
  // next other commit would be that of the agents' last writes, half a minute after the start: by then all is over.
  await delay(5_200)
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let index = 0; index < SINGLE_WRITES; index += 1) await post(`single-${index}`)
    await Promise.all(Array.from({ length: PARALLEL_WRITES }, (_, index) => post(`parallel-${round}-${index}`)))
    while (stagedCiphertexts(dataDir).size > 0) await delay(50)
  }
  // A compaction beside writes would be fine, but then not every commit that meets new files of Lance would be a drop.
  while (!child.reports.includes('compacting')) await delay(50)
  await child.stop()
  child = null
  trace = await readFile(file, 'utf8')
  await proxy.close()
}, 120_000)

afterAll(async () => {
  await child?.kill()
  if (folder === '') return
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('a trace of the running engine', () => {
  it('shows that each acknowledgement leaves after SQLite has synced the write', ({ skip }) => {
    skip(reason !== null, reason ?? '')
    const seen = acknowledgementsOf(trace, join(folder, 'console', 'outbox.db-wal'))
    expect(seen.acknowledged).toBe(ROUNDS * (SINGLE_WRITES + PARALLEL_WRITES))
    expect(seen.beforeSync).toEqual([])
    expect(seen.withoutWrite).toEqual([])
    // One after the other each has a sync of its own; at once they may share one.
    expect(seen.syncs).toBeGreaterThanOrEqual(ROUNDS * SINGLE_WRITES)
  })

  it('shows Lance’s files synced before SQLite’s copy is dropped and before old files are removed', ({ skip }) => {
    skip(reason !== null, reason ?? '')
    const seen = traceOf(trace, join(folder, 'console', 'envelopes.lance'), join(folder, 'console', 'outbox.db-wal'))
    expect(seen.made.filter((file) => file.includes('/data/')).length).toBeGreaterThan(ROUNDS)
    expect(seen.drops).toBeGreaterThanOrEqual(ROUNDS)
    expect(seen.dropsWithUnsynced).toEqual([])
    expect(seen.removed.filter((file) => file.includes('/data/')).length).toBeGreaterThanOrEqual(2)
    expect(seen.removalsWithUnsynced).toEqual([])
  })

  it('is read by a parser that sees an acknowledgement which comes too early', ({ skip }) => {
    skip(reason !== null, reason ?? '')
    const wal = join(folder, 'console', 'outbox.db-wal')
    const lines = trace.split('\n').filter((line) => !(line.includes(`<${wal}>`) && /fsync|fdatasync/.test(line)))
    const seen = acknowledgementsOf(lines.join('\n'), wal)
    expect(seen.beforeSync.length).toBe(seen.acknowledged)
  })
})

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
