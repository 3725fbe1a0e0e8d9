import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { USAGE_FILE_MAX_BYTES, type UsageFileReport } from '../../../shared/contract/console/usage-file.ts'
import { type FaultProxy, startFaultProxy } from '../../faults/proxy.ts'
import { SandboxFixture } from '../sandbox/fixture.ts'
import { openWholeEngine, type WholeEngine } from '../whole-engine.ts'

const SENDING = '/v1/usage/events'
const cases = resolve('../shared/cases/import')
let platform: SandboxFixture
let line: FaultProxy
let whole: WholeEngine
let workspaceId: string

beforeAll(async () => {
  platform = await SandboxFixture.start({ history: false })
  line = await startFaultProxy({ target: platform.sandbox.url })
  whole = await openWholeEngine(line.url)
  workspaceId = await add('analytics')
})
afterAll(async () => {
  await whole.close()
  await line.close()
  await platform.stop()
})
beforeEach(() => line.setFaults())

async function add(catalog: string): Promise<string> {
  const { id } = await whole.call('workspaces.add', { url: line.url, token: platform.token('tenant_admin', catalog) })
  await until(async () => (await whole.call('overview.read', { workspaceId: id })).plan !== null)
  return id
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It did not come to hold')
    await new Promise((resume) => setTimeout(resume, 20))
  }
}

const minutesAgo = (minutes: number): string => new Date(Math.floor(Date.now() / 60_000) * 60_000 - minutes * 60_000).toISOString()
const used = async (metric: string): Promise<number> =>
  (await whole.call('overview.read', { workspaceId })).meters.find(({ id }) => id === metric)?.used ?? Number.NaN

async function open(text: string | Buffer, fileName = 'use.csv', into = workspaceId): Promise<string> {
  const bytes = Buffer.from(text)
  const { fileId } = await whole.call('usageFile.open', { workspaceId: into, fileName, sizeBytes: bytes.length })
  for (let start = 0; start < bytes.length; start += 1024 * 1024)
    await whole.call('usageFile.piece', { fileId, chunkBase64: bytes.subarray(start, start + 1024 * 1024).toString('base64') })
  return fileId
}

async function sendAll(fileId: string): Promise<UsageFileReport> {
  for (;;) {
    const report = await whole.call('usageFile.sendNext', { fileId })
    if (report.isDone) return report
    await new Promise((resume) => setTimeout(resume, report.waitMs))
  }
}

async function load(text: string | Buffer, fileName?: string, into?: string): Promise<UsageFileReport> {
  const fileId = await open(text, fileName, into)
  await whole.call('usageFile.preview', { fileId })
  const report = await sendAll(fileId)
  await whole.call('usageFile.close', { fileId })
  return report
}

const csv = (...rows: string[]): string => ['metric,timestamp,quantity', ...rows].join('\n')

describe('a file of usage', () => {
  it('moves the figures; the same file again adds nothing, and one that grew at its top adds one row', async () => {
    const before = await used('queries')
    const rows = [`queries,${minutesAgo(9)},10`, `queries,${minutesAgo(8)},20`, `queries,${minutesAgo(8)},20`]
    expect(await load(csv(...rows))).toMatchObject({ sent: 3, accepted: 3, duplicates: 0, refusedCount: 0 })
    await until(async () => (await used('queries')) === before + 50)
    expect(await load(csv(...rows))).toMatchObject({ accepted: 0, duplicates: 3, refusedCount: 0 })
    expect(await load(csv(`queries,${minutesAgo(7)},5`, ...rows))).toMatchObject({ accepted: 1, duplicates: 3, refusedCount: 0 })
    await until(async () => (await used('queries')) === before + 55)
    const { activity } = await whole.call('overview.read', { workspaceId })
    expect(activity.map(({ text }) => text)).toContain('Usage from use.csv: 1 event counted, 3 known already, 0 refused.')
  })

  it('is known by the same ids as on the command line', async () => {
    const text = csv(`queries,${minutesAgo(6)},1`, `queries,${minutesAgo(6)},1`)
    const path = join(platform.dataDir, 'both.csv')
    writeFileSync(path, text)
    expect(await platform.sandbox.importUsage(path, 'analytics')).toMatchObject({ accepted: 2 })
    expect(await load(text)).toMatchObject({ accepted: 0, duplicates: 2 })
  })

  it('is previewed: what would count and how, and each line that would be refused, with words; nothing is sent', async () => {
    const before = await used('queries')
    line.forgetRequests()
    const fileId = await open(
      [
        'Metric;Timestamp;Quantity;Service;User ID',
        `queries;${minutesAgo(5)};1;search;ada`,
        `nothing;${minutesAgo(5)};1;;`,
        'queries;2026-11-14T08:00:00;1;;',
        `queries;${minutesAgo(5)};1.000;;`,
        'queries;2001-01-01T08:00:00Z;1;;',
        `queries;${minutesAgo(-60)};1;;`,
        `storage;${minutesAgo(5)};1;;`,
      ].join('\r'),
    )
    const preview = await whole.call('usageFile.preview', { fileId })
    expect(preview).toMatchObject({
      how: 'CSV with semicolons between fields; columns: metric, timestamp, quantity, service, user_id',
      rows: 7,
      toSend: 1,
      refusedCount: 6,
      first: [{ line: 2, metric: 'queries', amount: 1, service: 'search', userId: 'ada', countsToday: false, meter: { unit: 'count' } }],
    })
    expect(preview.refused.map(({ line: number, reason }) => `${number} ${reason}`)).toEqual([
      '3 There is no metric nothing here.',
      '4 timestamp "2026-11-14T08:00:00" names no time zone: end it with Z, or with an offset such as +02:00',
      '5 quantity "1.000" is not a whole number, written with digits alone',
      '6 The timestamp lies before the previous period: late events are taken for one period.',
      '7 The timestamp lies more than five minutes in the future.',
      '8 Data storage takes a reading, not a quantity.',
    ])
    expect(line.requests.some(({ path }) => path === SENDING)).toBe(false)
    expect(await used('queries')).toBe(before)
    await whole.call('usageFile.close', { fileId })
  })

  it('says of each event that the platform refuses its line and why', async () => {
    const rows = [
      JSON.stringify({ metric: 'queries', timestamp: minutesAgo(4), quantity: 1, source: 'ours', id: 'one' }),
      JSON.stringify({ metric: 'queries', timestamp: minutesAgo(4), quantity: 2, source: 'ours', id: 'two' }),
    ]
    expect(await load(rows.join('\n'), 'use.jsonl')).toMatchObject({ accepted: 2 })
    const changed = rows.map((row) => row.replace('"quantity":2', '"quantity":3'))
    expect(await load(changed.join('\n'), 'use.jsonl')).toMatchObject({
      accepted: 0,
      duplicates: 1,
      refusedCount: 1,
      refused: [{ line: 2, reason: 'Another event of ours was counted under the id two.' }],
    })
  })

  it('goes on where it stopped when the line is cut in its middle, and counts nothing twice', async () => {
    const before = await used('api_requests')
    const at = minutesAgo(3)
    const fileId = await open(csv(...Array.from({ length: 2500 }, () => `api_requests,${at},1`)))
    expect(await whole.call('usageFile.preview', { fileId })).toMatchObject({ rows: 2500, toSend: 2500 })
    expect(await whole.call('usageFile.sendNext', { fileId })).toMatchObject({ sent: 1000, isDone: false })
    // The platform takes the batch, and its answer is lost.
    await line.setFaults({ kind: 'lose_answer', share: 1, match: ({ path }) => path === SENDING })
    expect(await whole.refusal('usageFile.sendNext', { fileId })).toMatchObject({ code: expect.stringMatching(/^(offline|connection_problem)$/) })
    await line.setFaults()
    expect(await sendAll(fileId)).toMatchObject({ sent: 2500, accepted: 1500, duplicates: 1000, refusedCount: 0 })
    await until(async () => (await used('api_requests')) === before + 2500)
  })

  it('is refused in words where it is no file of events, too large, or nothing that this platform or member may send', async () => {
    const fileId = await open('Hello there\n')
    expect(await whole.refusal('usageFile.preview', { fileId })).toMatchObject({
      code: 'unreadable_file',
      message: expect.stringMatching(/^The file cannot be read: line 1 names no column that an event has/),
    })
    expect(await whole.refusal('usageFile.sendNext', { fileId })).toMatchObject({ code: 'invalid_input' })
    const asked = { workspaceId, fileName: 'big.csv', sizeBytes: USAGE_FILE_MAX_BYTES + 1 }
    expect(await whole.refusal('usageFile.open', asked)).toMatchObject({ code: 'file_too_large', message: 'The file is larger than 32 MiB.' })
    expect(await whole.refusal('usageFile.open', { ...asked, sizeBytes: 0 })).toMatchObject({ code: 'empty_file' })
    const other = await add('layer-a')
    expect(await whole.refusal('usageFile.open', { ...asked, workspaceId: other, sizeBytes: 1 })).toMatchObject({ code: 'not_offered' })
    expect(await whole.call('usageFile.access', { workspaceId })).toEqual({ reason: null })
  })

  it('of many rows does not keep the engine from answering', async () => {
    const at = minutesAgo(2)
    const fileId = await open(csv(...Array.from({ length: 60_000 }, (_, row) => `queries,${at},${row}`)))
    let longestMicros = 0
    let isRead = false
    // Work of this thread alone: what a busy machine takes away in between is not the engine's.
    const cpuMicros = (): number => Object.values(process.threadCpuUsage()).reduce((sum, micros) => sum + micros, 0)
    const watch = (async () => {
      for (let last = cpuMicros(); !isRead; ) {
        await new Promise((resume) => setImmediate(resume))
        const now = cpuMicros()
        longestMicros = Math.max(longestMicros, now - last)
        last = now
      }
    })()
    expect(await whole.call('usageFile.preview', { fileId })).toMatchObject({ rows: 60_000 })
    isRead = true
    await watch
    await whole.call('usageFile.close', { fileId })
    expect(longestMicros).toBeLessThan(50_000)
  })

  it.skipIf(!existsSync(cases))('the files that failed once (skipped without ../shared/cases/import)', async () => {
    const into = await add('truss')
    const read = async (name: string) => {
      const fileId = await open(readFileSync(join(cases, name)), name, into)
      const { rows } = await whole.call('usageFile.preview', { fileId })
      await whole.call('usageFile.close', { fileId })
      return rows
    }
    expect([await read('october/usage.csv'), await read('november/usage.csv'), await read('grown-before.csv'), await read('grown.csv')]).toEqual([5, 5, 2, 3])
  })
})
