import { describe, expect, it } from 'vitest'
import { ConsoleFailure } from '../../../main/engine/base/failure.ts'
import { createImports, type ImportProgress } from '../../../main/engine/intake/imports.ts'
import type { MemoryWrite } from '../../../main/engine/intake/memories.ts'
import { SteppedClock } from './stepped-clock.ts'

const WORKSPACE = 'workspace'
const KIB = 1024

function fixture({ maxBytes = 4 * 1024 * KIB } = {}) {
  const clock = new SteppedClock()
  const written: MemoryWrite[] = []
  const heard: ImportProgress[] = []
  const said: string[] = []
  const memories = { failure: null as ConsoleFailure | null, ready: null as ConsoleFailure | null, gate: Promise.resolve() }
  let made = 0
  const imports = createImports({
    clock,
    newId: () => `import-${++made}`,
    progress: (progress) => heard.push(progress),
    ended: (_workspaceId, text) => said.push(text),
    memories: {
      requireReady() {
        if (memories.ready !== null) throw memories.ready
      },
      maxContentBytes: () => maxBytes,
      async write(memory) {
        await memories.gate
        if (memories.failure !== null) throw memories.failure
        written.push(memory)
        return { memoryId: memory.memoryId, revision: 1, envelopeId: 'e', sizeBytes: memory.bytes.byteLength }
      },
    },
  })
  const { importId } = imports.start({ workspaceId: WORKSPACE, filesTotal: 3 })
  const chunk = (fileName: string, bytes: Uint8Array | string, last = true, contentType = 'text/plain') =>
    imports.chunk({ importId, fileName, contentType, chunkBase64: Buffer.from(bytes).toString('base64'), last })
  return { clock, written, heard, said, memories, imports, importId, chunk }
}

async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    return error instanceof ConsoleFailure ? error.code : 'not a ConsoleFailure'
  }
  return 'nothing thrown'
}

describe('an import', () => {
  it('puts the pieces of each file together and stores it under its path, with no agent', async () => {
    const { imports, importId, chunk, written, said } = fixture()
    await chunk('docs/a.txt', 'one ', false)
    await chunk('b.bin', new Uint8Array([0, 255]), false, 'not a type')
    await chunk('docs/a.txt', 'two')
    await chunk('b.bin', new Uint8Array([1]), true, 'not a type')
    await chunk('empty', '')
    expect(await imports.finish({ importId })).toEqual({ id: importId, state: 'done', filesTotal: 3, filesDone: 3, bytesDone: 10, refused: [] })
    expect(written).toEqual([
      { workspaceId: WORKSPACE, subKeyId: null, memoryId: 'docs/a.txt', contentType: 'text/plain', bytes: Buffer.from('one two') },
      { workspaceId: WORKSPACE, subKeyId: null, memoryId: 'b.bin', contentType: 'application/octet-stream', bytes: Buffer.from([0, 255, 1]) },
      { workspaceId: WORKSPACE, subKeyId: null, memoryId: 'empty', contentType: 'text/plain', bytes: Buffer.alloc(0) },
    ])
    expect(said).toEqual(['3 files imported.'])
  })

  it('lists what it refuses with the reason and goes on', async () => {
    const { imports, importId, chunk, written, said } = fixture({ maxBytes: 2 * 1024 * KIB })
    const mebibyte = new Uint8Array(1024 * KIB)
    await chunk('big', mebibyte, false)
    await chunk('big', mebibyte, false)
    await chunk('big', 'x', false)
    await chunk('big', mebibyte, true)
    await chunk(`${'x'.repeat(513)}`, 'x')
    await chunk('new\nline', 'x')
    await chunk('fine', 'x')
    const outcome = await imports.finish({ importId })
    expect(outcome.refused.map(({ name, reason }) => [name.slice(0, 8), reason])).toEqual([
      ['big', 'Larger than the 2097152 bytes that a memory may have here.'],
      ['xxxxxxxx', 'The path is longer than 512 bytes.'],
      ['new\nline', 'The path holds a control character.'],
    ])
    expect(outcome.filesDone).toBe(4)
    expect(written.map((memory) => memory.memoryId)).toEqual(['fine'])
    expect(said).toEqual(['1 file imported, 3 refused.'])
  })

  it('takes a file whose namesake was refused before it', async () => {
    const { chunk, written } = fixture({ maxBytes: 3 })
    await chunk('a', 'four', true)
    await chunk('a', 'ok')
    expect(written.map((memory) => Buffer.from(memory.bytes).toString())).toEqual(['ok'])
  })

  it('lists a file that the memory service finds too large', async () => {
    const { imports, importId, chunk, memories } = fixture()
    memories.failure = new ConsoleFailure('envelope_too_large', 'Too large.', 'Split it.')
    await chunk('a', 'x')
    expect(await imports.finish({ importId })).toMatchObject({ state: 'done', refused: [{ name: 'a', reason: 'Too large.' }] })
  })

  it.each(['vault_locked', 'disk_full'])('stops at %s, keeps what it stored, and says so', async (code) => {
    const { imports, importId, chunk, memories, written, said, heard } = fixture()
    await chunk('a', 'x')
    memories.failure = new ConsoleFailure(code, 'No.', 'Later.')
    expect(await codeOf(chunk('b', 'x'))).toBe(code)
    expect(await codeOf(chunk('c', 'x'))).toBe('import_ended')
    expect(await imports.finish({ importId })).toMatchObject({ state: 'failed', filesDone: 2, bytesDone: 1, refused: [{ name: 'b', reason: 'No.' }] })
    expect(heard.at(-1)?.state).toBe('failed')
    expect(written).toHaveLength(1)
    expect(said).toEqual(['Import stopped by an error. 1 file imported before that and kept, 1 refused.'])
  })

  it('does not begin while nothing can be stored', async () => {
    const { imports, memories } = fixture()
    memories.ready = new ConsoleFailure('vault_locked', 'Locked.', 'Unlock.')
    expect(await codeOf(() => imports.start({ workspaceId: WORKSPACE, filesTotal: 1 }))).toBe('vault_locked')
  })

  it('keeps what was stored when it is cancelled, counts the write in hand, and takes nothing more', async () => {
    const { imports, importId, chunk, memories, said } = fixture()
    await chunk('a', 'x')
    await chunk('half', 'x', false)
    let letGo = (): void => {}
    memories.gate = new Promise((resolve) => {
      letGo = resolve
    })
    const inHand = chunk('b', 'yy')
    const cancelled = imports.cancel({ importId })
    expect(await codeOf(chunk('c', 'x'))).toBe('import_ended')
    letGo()
    await inHand
    expect(await cancelled).toMatchObject({ state: 'cancelled', filesDone: 3, bytesDone: 3, refused: [{ name: 'half', reason: 'Not read to its end.' }] })
    expect(await imports.finish({ importId })).toMatchObject({ state: 'cancelled' })
    expect(said).toEqual(['Import cancelled. 2 files imported before that and kept, 1 refused.'])
  })

  it('waits for writes in hand before it is called done', async () => {
    const { imports, importId, chunk, memories } = fixture()
    let letGo = (): void => {}
    memories.gate = new Promise((resolve) => {
      letGo = resolve
    })
    const inHand = codeOf(chunk('a', 'x'))
    const finished = imports.finish({ importId })
    memories.failure = new ConsoleFailure('disk_full', 'Full.', 'Make room.')
    letGo()
    expect(await inHand).toBe('disk_full')
    expect((await finished).state).toBe('failed')
  })

  it('ends by itself when its page went away', async () => {
    const { imports, importId, chunk, clock, heard } = fixture()
    await chunk('half', 'x', false)
    await clock.step(5 * 60_000 - 1)
    await chunk('half', 'x', false)
    await clock.step(5 * 60_000 - 1)
    expect(heard.at(-1)?.state).not.toBe('cancelled')
    await clock.step(1)
    expect(heard.at(-1)).toMatchObject({ state: 'cancelled', refused: [{ name: 'half' }] })
    expect(await imports.finish({ importId })).toMatchObject({ state: 'cancelled' })
  })

  it('tells of its progress at most four times a second', async () => {
    const { chunk, heard, clock } = fixture()
    for (let file = 0; file < 100; file += 1) {
      await chunk(`file-${file}`, 'x')
      await clock.step(10)
    }
    expect(heard.length).toBeGreaterThanOrEqual(3)
    expect(heard.length).toBeLessThanOrEqual(5)
  })

  it('holds no more than two of the largest files in memory', async () => {
    const { imports, importId, chunk } = fixture({ maxBytes: 1024 * KIB })
    const half = new Uint8Array(600 * KIB)
    for (const name of ['a', 'b', 'c']) await chunk(name, half, false)
    await chunk('d', half)
    const outcome = await imports.finish({ importId })
    expect(outcome.refused.filter(({ reason }) => reason === 'Too much was read at the same time.').map(({ name }) => name)).toEqual(['d'])
  })

  it('refuses pieces that are no base64 or larger than 1 MiB', async () => {
    const { imports, importId, chunk } = fixture()
    expect(await codeOf(imports.chunk({ importId, fileName: 'a', contentType: '', chunkBase64: 'e*==', last: true }))).toBe('invalid_input')
    expect(await codeOf(chunk('a', new Uint8Array(1024 * KIB + 1)))).toBe('invalid_input')
  })

  it('knows nothing of other imports', async () => {
    const { imports } = fixture()
    expect(await codeOf(imports.chunk({ importId: 'other', fileName: 'a', contentType: '', chunkBase64: '', last: true }))).toBe('not_found')
    expect(await codeOf(imports.finish({ importId: 'other' }))).toBe('not_found')
    expect(await codeOf(imports.cancel({ importId: 'other' }))).toBe('not_found')
  })

  it('ends every import when the engine stops', async () => {
    const { imports, chunk, heard } = fixture()
    await chunk('half', 'x', false)
    imports.stop()
    await Promise.resolve()
    await Promise.resolve()
    expect(heard.at(-1)?.state).toBe('cancelled')
  })
})
