import { createHmac, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConsoleFailure } from '../../../main/engine/base/failure.ts'
import {
  createMemoryService,
  type MemoryOutbox,
  type MemoryService,
  type MemoryServiceOptions,
  type MemoryVault,
} from '../../../main/engine/intake/memories.ts'
import { type Agent, type IntakeLimits, type IntakeServer, startIntakeServer } from '../../../main/engine/intake/server.ts'
import { VaultLockedError } from '../../../main/engine/vault/errors.ts'

export const WORKSPACE = '018f0000-0000-7000-8000-000000000001'
export const ALICE: Agent = { subKeyId: '018f0000-0000-7000-8000-00000000000a', workspaceId: WORKSPACE }
export const BOB: Agent = { subKeyId: '018f0000-0000-7000-8000-00000000000b', workspaceId: WORKSPACE }
export const SECRETS: Readonly<Record<string, Agent>> = { 'alice-secret': ALICE, 'bob-secret': BOB }

type Row = { id: string; revision: number; sequence: number; sizeBytes: number; sha256: null; createdAt: number; ciphertext: Uint8Array }

/** An outbox in memory with a switch for its faults; the real one has tests of its own. */
export class MemoryOutboxDouble implements MemoryOutbox {
  readonly rows = new Map<string, Row[]>()
  readonly deleted = new Set<string>()
  /** Thrown by every write while it is set. */
  fault: unknown = null
  #sequence = 0

  enqueueEnvelopes(drafts: Parameters<MemoryOutbox['enqueueEnvelopes']>[0]): ReturnType<MemoryOutbox['enqueueEnvelopes']> {
    return drafts.map((draft) => ({ ok: true, value: this.#store(draft) }))
  }

  enqueueMemoryDelete(workspaceId: string, memoryRef: string): { withdrawnCount: number; deleteCount: number } {
    if (this.fault !== null) throw this.fault
    const lane = `${workspaceId}/${memoryRef}`
    this.deleted.add(lane)
    return { withdrawnCount: this.rows.get(lane)?.length ?? 0, deleteCount: 0 }
  }

  memory(workspaceId: string, memoryRef: string): ReturnType<MemoryOutbox['memory']> {
    const lane = `${workspaceId}/${memoryRef}`
    const rows = this.rows.get(lane)
    return rows === undefined ? null : { read: this.deleted.has(lane) ? null : (rows.at(-1) ?? null), others: [] }
  }

  version(workspaceId: string, memoryRef: string, id: string): Row | null {
    return this.rows.get(`${workspaceId}/${memoryRef}`)?.find((row) => row.id === id) ?? null
  }

  ciphertexts(ids: readonly string[]): Map<string, Uint8Array> {
    const rows = [...this.rows.values()].flat().filter((row) => ids.includes(row.id))
    return new Map(rows.map((row) => [row.id, row.ciphertext]))
  }

  get count(): number {
    return [...this.rows.values()].reduce((sum, rows) => sum + rows.length, 0)
  }

  #store(draft: Parameters<MemoryOutbox['enqueueEnvelopes']>[0][number]): Row {
    if (this.fault !== null) throw this.fault
    const lane = `${draft.workspaceId}/${draft.memoryRef}`
    const rows = this.rows.get(lane) ?? []
    const given = { id: randomUUID(), revision: rows.length + 1 }
    const ciphertext = draft.seal({ ...given, replaces: [] })
    const row = { ...given, createdAt: draft.createdAt, sequence: ++this.#sequence, sizeBytes: ciphertext.byteLength, sha256: null, ciphertext }
    this.rows.set(lane, [...rows, row])
    this.deleted.delete(lane)
    return row
  }
}

/** Seals by turning every bit: enough to see that nothing clear is passed on where it should be sealed. */
export class VaultDouble implements MemoryVault {
  locked = false
  state(): 'locked' | 'unlocked' {
    return this.locked ? 'locked' : 'unlocked'
  }
  memoryRef(subKeyId: string | null, memoryId: string): string {
    this.#requireKey()
    return createHmac('sha256', 'test').update(`${subKeyId}\0${memoryId}`).digest('hex')
  }
  sealedSize(bytesLength: number, memoryId: string, contentType: string): number {
    return 4 + Buffer.byteLength(JSON.stringify({ memoryId, contentType })) + bytesLength
  }
  seal(request: Parameters<MemoryVault['seal']>[0]): Uint8Array {
    this.#requireKey()
    const header = Buffer.from(JSON.stringify({ memoryId: request.memoryId, contentType: request.contentType }))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(header.length)
    return Buffer.concat([length, header, request.bytes]).map((byte) => byte ^ 0xff)
  }
  open(_envelopeId: string, _memoryRef: string, _revision: number, sealed: Uint8Array): { memoryId: string; contentType: string; bytes: Uint8Array } {
    this.#requireKey()
    const plain = Buffer.from(sealed.map((byte) => byte ^ 0xff))
    const headerBytes = plain.readUInt32BE(0)
    const header: { memoryId: string; contentType: string } = JSON.parse(plain.subarray(4, 4 + headerBytes).toString())
    return { ...header, bytes: plain.subarray(4 + headerBytes) }
  }
  #requireKey(): void {
    if (this.locked) throw new VaultLockedError()
  }
}

export type DoorOptions = { maxEnvelopeBytes?: number; limits?: Partial<IntakeLimits>; hasRoom?: () => boolean; requireTaken?: () => void }

export type Door = {
  server: IntakeServer
  dataDir: string
  outbox: MemoryOutboxDouble
  vault: VaultDouble
  memories: MemoryService
  lastWrites: Map<string, number>
  writeErrors: unknown[]
  /** Errors behind a 500. */
  unexpected: unknown[]
  fetch(path: string, init?: RequestInit & { agent?: keyof typeof SECRETS | null }): Promise<Response>
  close(): Promise<void>
}

/** A real intake over HTTP with an outbox and a vault in memory. */
export async function openDoor(options: DoorOptions = {}): Promise<Door> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tidemark-intake-'))
  const outbox = new MemoryOutboxDouble()
  const vault = new VaultDouble()
  const lastWrites = new Map<string, number>()
  const writeErrors: unknown[] = []
  const memoryOptions: MemoryServiceOptions = {
    outbox,
    vault,
    ciphertexts: { read: async (items) => outbox.ciphertexts(items.map((item) => item.id)) },
    maxEnvelopeBytes: () => options.maxEnvelopeBytes ?? null,
    deviceId: () => '018f0000-0000-7000-8000-0000000000d1',
    requireTaken: () => options.requireTaken?.(),
    disk: {
      hasRoomFor: () => options.hasRoom?.() ?? true,
      noteWritten: () => {},
      noteWriteError(error) {
        writeErrors.push(error)
        return error instanceof ConsoleFailure && error.code === 'disk_full'
      },
    },
    clock: { now: () => 1_000 },
    noteWrite: (subKeyId, at) => lastWrites.set(subKeyId, at),
  }
  const memories = createMemoryService(memoryOptions)
  const unexpected: unknown[] = []
  let made = 0
  const server = await startIntakeServer({
    dataDir,
    port: 0,
    memories,
    authenticate: (secret) => SECRETS[secret] ?? null,
    newMemoryId: () => `made-${++made}`,
    unexpected: (error) => unexpected.push(error),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  })
  return {
    server,
    dataDir,
    outbox,
    vault,
    memories,
    lastWrites,
    writeErrors,
    unexpected,
    fetch(path, { agent = 'alice-secret', ...init } = {}) {
      const headers = new Headers(init.headers)
      if (agent !== null) headers.set('Authorization', `Bearer ${agent}`)
      return fetch(`${server.url}${path}`, { ...init, headers })
    },
    async close() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Fields of a JSON answer, checked to be an object. */
export async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  const body: unknown = await response.json()
  if (typeof body !== 'object' || body === null) throw new Error('not a JSON object')
  return { ...body }
}
