import { beforeEach, describe, expect, it } from 'vitest'
import {
  cancelUsageFile,
  chooseUsageFile,
  forgetUsageFile,
  sendUsageFile,
  type UsageFileRun,
  usageFileRun,
} from '../../../../../renderer/pages/usage/file/usage-file-run.ts'
import { statusOf } from '../../../../../renderer/pages/usage/file/usage-file-status.ts'
import { type ImportFile, pieceBytes } from '../../../../../renderer/state/import-run.ts'
import type { Bridge, CallName, ConsoleError, Result } from '../../../../../shared/contract/console.ts'

const offline: ConsoleError = { code: 'offline', message: 'The platform cannot be reached.', suggestion: 'Try again.' }
const preview = { how: 'JSON lines', rows: 4, toSend: 3, refusedCount: 1, refused: [{ line: 2, reason: 'is not JSON' }], first: [], todayCount: 0 }
const report = (sent: number, isDone = false, waitMs = 0) => ({ isDone, waitMs, sent, accepted: sent, duplicates: 0, refusedCount: 0, refused: [] })

/** `answers`: what the platform says to each batch. */
function bridgeWith(answers: (ReturnType<typeof report> | ConsoleError | (() => ReturnType<typeof report>))[]) {
  const names: CallName[] = []
  const pieces: string[] = []
  const answer = (name: CallName, input: unknown): Result<unknown> => {
    names.push(name)
    if (name === 'usageFile.open') return { ok: true, value: { fileId: 'f1' } }
    if (name === 'usageFile.piece') pieces.push((input as { chunkBase64: string }).chunkBase64)
    if (name === 'usageFile.preview') return { ok: true, value: preview }
    if (name !== 'usageFile.sendNext') return { ok: true, value: {} }
    const next = answers.shift() ?? report(3, true)
    const said = typeof next === 'function' ? next() : next
    return 'code' in said ? { ok: false, error: said } : { ok: true, value: said }
  }
  const bridge: Bridge = {
    host: 'web',
    call: async (name, input) => answer(name, input) as never,
    subscribe: () => () => undefined,
    openExternal: async () => ({ ok: true, value: {} }),
  }
  return { bridge, names, pieces }
}

function file(bytes: Uint8Array): ImportFile {
  return { name: 'use.csv', type: 'text/csv', size: bytes.length, slice: async (start, end) => bytes.subarray(start, end) }
}
const small = file(new Uint8Array(5))
const run = (): UsageFileRun | null => usageFileRun()

beforeEach(() => forgetUsageFile(bridgeWith([]).bridge))

describe('a chosen file', () => {
  it('is handed on in pieces that add up to its bytes, and previewed', async () => {
    const bytes = new Uint8Array(pieceBytes + 3).fill(7).fill(8, pieceBytes - 2)
    const { bridge, pieces } = bridgeWith([])
    await chooseUsageFile(bridge, 'w', file(bytes))
    expect(pieces).toHaveLength(2)
    expect(Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).equals(Buffer.from(bytes))).toBe(true)
    expect(run()).toMatchObject({ step: 'preview', preview, bytesRead: bytes.length })
  })

  it('is sent until the platform has all of it', async () => {
    const { bridge, names } = bridgeWith([report(2), report(3), report(3, true)])
    await chooseUsageFile(bridge, 'w', small)
    await sendUsageFile(bridge)
    expect(run()).toMatchObject({ step: 'ended', end: 'done', report: { sent: 3 } })
    expect(names.filter((name) => name === 'usageFile.sendNext')).toHaveLength(3)
  })

  it('that is interrupted says what went, and goes on from there', async () => {
    const { bridge } = bridgeWith([report(2), offline, report(3), report(3, true)])
    await chooseUsageFile(bridge, 'w', small)
    await sendUsageFile(bridge)
    const stopped = run()
    expect(stopped).toMatchObject({ step: 'ended', end: 'stopped', error: offline, report: { sent: 2 } })
    expect(stopped === null ? '' : statusOf(stopped)).toBe(
      'Stopped after 2 of 3 events. What was counted stays counted; the same file sent again adds only the rest.',
    )
    await sendUsageFile(bridge)
    expect(run()).toMatchObject({ step: 'ended', end: 'done', error: null, report: { sent: 3 } })
  })

  it('is cancelled after the batch that is under way, whose answer counts', async () => {
    const { bridge, names } = bridgeWith([
      () => {
        cancelUsageFile()
        return report(2)
      },
    ])
    await chooseUsageFile(bridge, 'w', small)
    await sendUsageFile(bridge)
    expect(run()).toMatchObject({ step: 'ended', end: 'cancelled', report: { sent: 2 } })
    forgetUsageFile(bridge)
    expect(names.at(-1)).toBe('usageFile.close')
    expect(run()).toBeNull()
  })

  it('that the platform asks to wait for is not asked about before', async () => {
    const { bridge } = bridgeWith([report(1, false, 30), report(3, true)])
    await chooseUsageFile(bridge, 'w', small)
    const before = performance.now()
    await sendUsageFile(bridge)
    expect(performance.now() - before).toBeGreaterThanOrEqual(25)
  })

  it('that the browser cannot read is said so, and nothing is sent', async () => {
    const { bridge, names } = bridgeWith([])
    await chooseUsageFile(bridge, 'w', { ...small, slice: () => Promise.reject(new Error('gone')) })
    expect(run()).toMatchObject({ step: 'ended', end: 'unread', error: { code: 'unreadable' } })
    expect(names).toEqual(['usageFile.open'])
  })
})
