import { describe, expect, it } from 'vitest'
import { ConsoleFailure } from '../../../main/engine/base/failure.ts'
import { createMemoryService, type MemoryServiceOptions } from '../../../main/engine/intake/memories.ts'

const OWNER = { workspaceId: 'workspace', subKeyId: 'agent' }
const bytes = new Uint8Array([1, 2, 3])
const memory = (memoryId: string) => ({ memoryId, contentType: 'text/plain', bytes })

function fixture(overrides: Partial<MemoryServiceOptions['outbox']> = {}, mayComeBack = false) {
  const lastWrites: [string, number][] = []
  const writtenBytes: number[] = []
  const memories = createMemoryService({
    outbox: {
      enqueueEnvelopes: (drafts) => drafts.map((_, index) => ({ ok: true, value: { id: `e${index}`, revision: 1, sequence: index + 1, sizeBytes: 10 } })),
      enqueueMemoryDelete: () => ({ withdrawnCount: 0, deleteCount: 1 }),
      memory: () => ({ read: { id: 'e', revision: 4, sequence: 9, sizeBytes: 10, sha256: null, createdAt: 1 }, others: [] }),
      version: () => null,
      ...overrides,
    },
    vault: {
      state: () => 'unlocked',
      memoryRef: (subKeyId, memoryId) => `${subKeyId}/${memoryId}`,
      sealedSize: (size, memoryId) => size + memoryId.length,
      seal: () => bytes,
      open: () => ({ memoryId: 'a', contentType: 'text/plain', bytes }),
    },
    ciphertexts: { read: async () => new Map(), mayComeBack: () => mayComeBack },
    maxEnvelopeBytes: () => 100,
    deviceId: () => 'device',
    disk: { hasRoomFor: () => true, noteWritten: (size) => writtenBytes.push(size), noteWriteError: () => false },
    clock: { now: () => 77 },
    noteWrite: (subKeyId, at) => lastWrites.push([subKeyId, at]),
  })
  return { memories, lastWrites, writtenBytes }
}

describe('the memory service', () => {
  it('gives each of many memories its own outcome, in their order', async () => {
    const locked = new ConsoleFailure('vault_locked', 'Locked.', 'Unlock.')
    const { memories, writtenBytes } = fixture({
      enqueueEnvelopes: (drafts) =>
        drafts.map((_, index) =>
          index === 0
            ? { ok: true, value: { id: 'e0', revision: 2, sequence: 1, sizeBytes: 10 } }
            : { ok: false, error: index === 1 ? locked : new Error('canary-of-a-bug') },
        ),
    })
    const outcomes = await memories.writeMany({ ...OWNER, memories: [memory(''), memory('a'), memory('b'), memory('c'), memory('x'.repeat(98))] })
    expect(outcomes.map((outcome) => (outcome instanceof ConsoleFailure ? outcome.code : outcome))).toEqual([
      'invalid_memory_id',
      { memoryId: 'a', revision: 2, envelopeId: 'e0', sizeBytes: 10 },
      'vault_locked',
      'internal_error',
      'envelope_too_large',
    ])
    expect(outcomes[3]).not.toMatchObject({ message: expect.stringContaining('canary') })
    expect(writtenBytes).toEqual([10])
  })

  it('asks the outbox for nothing when nothing is left to store', async () => {
    const { memories, lastWrites } = fixture({
      enqueueEnvelopes: () => {
        throw new Error('must not be asked')
      },
    })
    expect(await memories.writeMany({ ...OWNER, memories: [memory('')] })).toMatchObject([{ code: 'invalid_memory_id' }])
    expect(lastWrites).toEqual([])
  })

  it('notes when an agent wrote, and nothing for an import', async () => {
    const { memories, lastWrites } = fixture()
    await memories.write({ ...OWNER, ...memory('a') })
    await memories.write({ workspaceId: 'workspace', subKeyId: null, ...memory('a') })
    expect(lastWrites).toEqual([['agent', 77]])
  })

  it('says of a known memory whose ciphertext cannot be had that it is damaged, never that there is none', async () => {
    const { memories } = fixture()
    await expect(memories.read({ ...OWNER, memoryId: 'a' })).rejects.toMatchObject({ code: 'memory_damaged', suggestion: expect.stringContaining('Restore') })
  })

  it('says that it may be had later while the store of envelopes is being mended', async () => {
    const { memories } = fixture({}, true)
    await expect(memories.read({ ...OWNER, memoryId: 'a' })).rejects.toMatchObject({ code: 'memory_unreadable', suggestion: 'Try again in a minute.' })
  })

  it('removes nothing that is not there', async () => {
    expect(await fixture({ memory: () => null }).memories.remove({ ...OWNER, memoryId: 'a' })).toBeNull()
    expect(await fixture().memories.remove({ ...OWNER, memoryId: 'a' })).toEqual({ withdrawn: 0, queued: 1 })
  })
})
