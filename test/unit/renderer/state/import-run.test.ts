import { beforeEach, describe, expect, it } from 'vitest'
import { cancelImport, forgetImport, type ImportFile, mergeRefused, pieceBytes, runImport, toBase64 } from '../../../../renderer/state/import-run.ts'
import type { Bridge, CallInput, CallName, Result } from '../../../../shared/contract/console.ts'

type Chunk = CallInput<'import.chunk'>

function file(name: string, bytes: Uint8Array): ImportFile {
  return { name, type: 'text/plain', size: bytes.length, slice: async (start, end) => bytes.subarray(start, end) }
}

function fakeBridge(onChunk: (chunk: Chunk) => Result<Record<string, never>> = () => ({ ok: true, value: {} })) {
  const chunks: Chunk[] = []
  const names: CallName[] = []
  const progress = { id: 'i1', filesTotal: 1, filesDone: 1, bytesDone: 1, refused: [] }
  const answers = (name: CallName, input: unknown): Result<unknown> => {
    names.push(name)
    if (name === 'import.start') return { ok: true, value: { importId: 'i1' } }
    if (name === 'import.chunk') {
      chunks.push(input as Chunk)
      return onChunk(input as Chunk)
    }
    return { ok: true, value: { ...progress, state: name === 'import.cancel' ? 'cancelled' : 'done' } }
  }
  const bridge: Bridge = {
    host: 'web',
    call: async (name, input) => answers(name, input) as Awaited<ReturnType<Bridge['call']>> as never,
    subscribe: () => () => undefined,
    openExternal: async () => ({ ok: true, value: {} }),
  }
  return { bridge, chunks, names }
}

beforeEach(forgetImport)

describe('importing files', () => {
  it('sends a file in pieces of at most 1 MiB that add up to its bytes, the last one marked', async () => {
    const bytes = Uint8Array.from({ length: pieceBytes * 2 + 5 }, (_, index) => (index * 7) % 256)
    const { bridge, chunks, names } = fakeBridge()
    await runImport(bridge, 'w', [file('big.txt', bytes)])
    expect(chunks.map((chunk) => chunk.last)).toEqual([false, false, true])
    const sent = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk.chunkBase64, 'base64')))
    expect(sent.equals(Buffer.from(bytes))).toBe(true)
    expect(Math.max(...chunks.map((chunk) => chunk.chunkBase64.length))).toBeLessThan(1_500_000)
    expect(names.at(-1)).toBe('import.finish')
  })

  it('sends an empty file as one empty piece', async () => {
    const { bridge, chunks } = fakeBridge()
    await runImport(bridge, 'w', [file('empty', new Uint8Array())])
    expect(chunks).toEqual([{ importId: 'i1', fileName: 'empty', contentType: 'text/plain', chunkBase64: '', last: true }])
  })

  it('goes on with the other files when one is refused', async () => {
    const { bridge, chunks } = fakeBridge((chunk) =>
      chunk.fileName === 'bad' ? { ok: false, error: { code: 'envelope_too_large', message: 'Too large.', suggestion: '' } } : { ok: true, value: {} },
    )
    await runImport(bridge, 'w', [file('bad', new Uint8Array(3)), file('good', new Uint8Array(3))])
    expect(chunks.map((chunk) => chunk.fileName).toSorted()).toEqual(['bad', 'good'])
  })

  it('stops when the engine is gone, and does not claim to have finished', async () => {
    const { bridge, names } = fakeBridge(() => ({ ok: false, error: { code: 'engine_lost', message: 'Lost.', suggestion: '' } }))
    await runImport(
      bridge,
      'w',
      Array.from({ length: 50 }, (_, index) => file(`f${index}`, new Uint8Array(1))),
    )
    expect(names.filter((name) => name === 'import.chunk').length).toBeLessThanOrEqual(4)
    expect(names).not.toContain('import.finish')
  })

  it('sends no further file after a cancel, and says so to the engine', async () => {
    const { bridge, names } = fakeBridge(() => {
      cancelImport()
      return { ok: true, value: {} }
    })
    await runImport(
      bridge,
      'w',
      Array.from({ length: 50 }, (_, index) => file(`f${index}`, new Uint8Array(1))),
    )
    expect(names.filter((name) => name === 'import.chunk').length).toBeLessThanOrEqual(4)
    expect(names.at(-1)).toBe('import.cancel')
  })
})

describe('toBase64', () => {
  it.each([0, 1, 2, 3, 0x8000, 0x8001])('agrees with Node for %i bytes', (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256)
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
  })
})

it('lists a file that both sides refused once', () => {
  expect(
    mergeRefused(
      [
        { name: 'a', reason: 'ours' },
        { name: 'b', reason: 'ours' },
      ],
      [{ name: 'a', reason: 'theirs' }],
    ),
  ).toEqual([
    { name: 'a', reason: 'theirs' },
    { name: 'b', reason: 'ours' },
  ])
})
