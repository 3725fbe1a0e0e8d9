/** A data folder and the console that runs on it: a real queue, and the real comparison of histories. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { HistoryCheck } from '../../../../main/engine/histories/history-check.ts'
import { HistoryNotes } from '../../../../main/engine/histories/history-notes.ts'
import type { StoredEnvelope } from '../../../../main/engine/outbox/item.ts'
import { createOutbox, type Outbox } from '../../../../main/engine/outbox/outbox.ts'
import type { Decision } from '../../../../main/engine/outbox/queue/delivery-port.ts'
import { type Database, openDatabase } from '../../../../main/engine/store/database.ts'
import { LocalSettings } from '../../../../main/engine/store/local-settings.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { Instances } from '../../../../main/engine/sync/accounts/instances.ts'
import type { PlatformClient } from '../../../../main/engine/sync/client/platform-client.ts'
import { steppedClock, temporaryFolder, WORKSPACE } from '../fixture.ts'
import type { Cursor, Platform } from './platform.ts'

const PLENTY = { count: 1000, sizeBytes: Number.POSITIVE_INFINITY }
const LONG_AGO = Number.MAX_SAFE_INTEGER
const HASH = 'ab'.repeat(32)

/** Where and when it stands. */
export type Surroundings = { readonly now: number; readonly platform: Platform }
/** A folder as it was. `store`: what lies in its store of envelopes. */
export type Folder = { path: string; store: ReadonlyMap<string, StoredEnvelope> }
type Running = { database: Database; outbox: Outbox; instances: Instances; local: LocalSettings }

export class Computer {
  readonly #folder = temporaryFolder()
  readonly #world: Surroundings
  readonly #skewMs: number
  #running: Running
  #store: Map<string, StoredEnvelope>
  #saved: Folder | null = null
  #deviceId: string = crypto.randomUUID()
  /** It took a new id; whether it may is checked at the end. */
  forks = 0

  constructor(world: Surroundings, { skewMs, template, from }: { skewMs: number; template: string; from: Folder | null }) {
    this.#world = world
    this.#skewMs = skewMs
    this.#store = new Map(from?.store)
    copyFileSync(from?.path ?? template, this.#path)
    this.#running = this.#start()
  }

  get outbox(): Outbox {
    return this.#running.outbox
  }

  get deviceId(): string {
    return this.#deviceId
  }

  get #path(): string {
    return join(this.#folder.path, 'outbox.db')
  }

  #start(): Running {
    const database = openDatabase({ path: this.#path, migrations: migrations.outbox, synchronous: 'normal', returnsSpace: true })
    const clock = { ...steppedClock(), now: () => this.#world.now + this.#skewMs }
    const outbox = createOutbox({ database, clock, clockOffsetMs: () => -this.#skewMs })
    const [instances, local] = [new Instances(database), new LocalSettings(database)]
    this.#deviceId = local.get('device') ?? this.#deviceId
    local.set('device', this.#deviceId)
    return { database, outbox, instances, local }
  }

  #stop(): void {
    this.#running.outbox.close()
    this.#running.database.close()
  }

  close(): void {
    this.#stop()
    this.#folder.remove()
  }

  restart(): void {
    this.#stop()
    this.#running = this.#start()
  }

  save(): Folder {
    this.#stop()
    const path = join(this.#folder.path, 'saved.db')
    copyFileSync(this.#path, path)
    this.#running = this.#start()
    this.#saved = { path, store: new Map(this.#store) }
    return this.#saved
  }

  putBack(): void {
    if (this.#saved === null) return
    this.#stop()
    copyFileSync(this.#saved.path, this.#path)
    this.#store = new Map(this.#saved.store)
    this.#running = this.#start()
  }

  /** Ninety days pass, and a night in which everything is put in order. */
  async prune(): Promise<void> {
    // What is folded at the end of a run does not hold up anything.
    this.restart()
    const { rows } = this.outbox.page(WORKSPACE, { kinds: ['envelope'] }, null, 1000)
    this.outbox.stage.dropMoved(rows.map(({ sequence }) => sequence))
    await this.outbox.pruneDelivered(LONG_AGO)
  }

  /** As a visit begins: a session, then what is new, then the comparison. Noticed as a fork, it becomes another device and takes over what is there. */
  async connect(): Promise<void> {
    const { platform } = this.#world
    const { instances, local, outbox } = this.#running
    const isForked = platform.open(this.#deviceId, instances.current, instances.earlier) === 'forked'
    if (isForked) {
      this.forks += 1
      outbox.becameAnotherDevice(WORKSPACE, this.#deviceId)
      this.#deviceId = crypto.randomUUID()
      local.set('device', this.#deviceId)
      expect(platform.open(this.#deviceId, instances.current, instances.earlier)).toBe('open')
    }
    const check = this.#historyCheck()
    if (!platform.knows(this.#cursor)) check.noteWentBack(WORKSPACE, null)
    this.#noteRead()
    expect(await check.run(WORKSPACE, true, new AbortController().signal)).toBeNull()
    if (isForked) this.#takeOver()
  }

  #noteRead(): void {
    this.#running.local.set('cursor', JSON.stringify(this.#world.platform.cursor))
  }

  get #cursor(): Cursor {
    return JSON.parse(this.#running.local.get('cursor') ?? 'null')
  }

  #historyCheck(): HistoryCheck {
    const { platform } = this.#world
    const send = async (
      _: string,
      operation: string,
      { params, query }: { params?: { id: string }; query?: { device: string; after?: string; limit: number } },
    ) => {
      if (operation === 'readSummary') {
        const value = platform.summary(params?.id ?? '')
        return value === null ? { kind: 'error', status: 404, error: { code: 'not_found' } } : { kind: 'ok', value }
      }
      return { kind: 'ok', value: platform.ids(query?.device ?? '', query?.after, query?.limit ?? 1) }
    }
    return new HistoryCheck({
      client: { send } as unknown as PlatformClient,
      documents: { read: () => null },
      history: this.outbox.history,
      held: {
        present: async (envelopes) => new Set(envelopes.filter(({ id }) => this.#store.has(id)).map(({ sequence }) => sequence)),
        read: async (envelopes) => envelopes.flatMap(({ id }) => this.#store.get(id) ?? []),
      },
      notes: new HistoryNotes(this.#running.local),
      clock: { now: () => this.#world.now + this.#skewMs },
      onSentAgain: () => undefined,
    })
  }

  /** Answers the id of what it wrote. */
  write(memory: string, namesOthers: boolean): string {
    const { outbox } = this
    const others = namesOthers ? (outbox.memory(WORKSPACE, memory)?.others ?? []).map(({ id }) => id) : []
    const createdAt = this.#world.now + this.#skewMs
    const [made] = outbox.enqueueEnvelopes([
      { workspaceId: WORKSPACE, subKeyId: null, memoryRef: memory, createdAt, replaces: others, seal: ({ replaces }) => Buffer.from(JSON.stringify(replaces)) },
    ])
    if (!made?.ok) throw made?.error
    const { id, sequence, revision, sizeBytes } = made.value
    const ciphertext = Buffer.from(outbox.stage.read([id]).get(id) ?? [])
    this.#store.set(id, { id, workspaceId: WORKSPACE, memoryRef: memory, subKeyId: null, createdAt, sequence, revision, sizeBytes, sha256: HASH, ciphertext })
    // Whoever wrote reads it, unless another head is later by the rule.
    const contents = outbox.memory(WORKSPACE, memory)
    expect([contents?.read?.id, ...(contents?.others ?? []).map((other) => other.id)]).toContain(id)
    if ((contents?.others.length ?? 0) === 0) expect(contents?.read?.id).toBe(id)
    for (const other of others) expect(contents?.others.some((left) => left.id === other)).toBe(false)
    return id
  }

  /** Answers the ids of what could be read before, and must never be again. */
  delete(memory: string): string[] {
    const contents = this.outbox.memory(WORKSPACE, memory)
    this.outbox.enqueueMemoryDelete(WORKSPACE, memory)
    expect(this.outbox.latest(WORKSPACE, memory)).toBeNull()
    return [contents?.read ?? null, ...(contents?.others ?? [])].flatMap((version) => version?.id ?? [])
  }

  /** In the order of the lanes, as the drain does it. `lost`: the answer does not arrive. */
  async push(limit: number, lost: boolean): Promise<void> {
    await this.connect()
    const queue = this.outbox.deliveryQueue(WORKSPACE)
    if (queue === null) return
    for (const kind of ['envelope', 'delete'] as const) {
      for (let round = 0; round < 50; round += 1) {
        const ready = queue.ready(kind, 'pending', { ...PLENTY, count: limit })
        const marked = queue.markInFlight({ items: ready.items, inSpiteOfHold: false })
        if (marked.items.length === 0) break
        const results = marked.items.map((inFlight) => {
          const stored = kind === 'delete' ? this.#pushDelete(inFlight.item.payload) : this.#pushEnvelope(inFlight.item)
          const decision: Decision = lost ? { next: 'requeued' } : { next: 'delivered', duplicate: stored.isDuplicate, status: 200, storedAt: stored.storedAt }
          return { inFlight, decision }
        })
        const deviceId = kind === 'envelope' ? this.#deviceId : null
        queue.record({ kind, pushNo: marked.pushNo, deviceId, results, notSent: [], unanswered: lost, hold: null, next: null }, this.#world.now)
        if (lost) break
      }
    }
    // The platform says that something moved, and it is read.
    this.#noteRead()
  }

  #pushDelete(payload: string | null): { storedAt: number | null; isDuplicate: boolean } {
    this.#world.platform.delete(JSON.parse(payload ?? '{}').envelopeId)
    return { storedAt: null, isDuplicate: false }
  }

  #pushEnvelope(item: { id: string; memoryRef: string | null; revision: number | null; createdAt: number }): { storedAt: number | null; isDuplicate: boolean } {
    const ciphertext = Buffer.from(this.#store.get(item.id)?.ciphertext ?? [])
    const { id, memoryRef, revision, createdAt } = item
    return this.#world.platform.push(
      { id, memory: memoryRef ?? '', revision: revision ?? 0, device: this.#deviceId, createdAt, replaces: JSON.parse(ciphertext.toString()), ciphertext },
      this.#world.now,
    )
  }

  async restore(): Promise<void> {
    await this.connect()
    this.#takeOver()
  }

  #takeOver(): void {
    const { outbox } = this
    for (const row of [...this.#world.platform.rows.values()].sort((left, right) => left.place - right.place)) {
      const { id, memory, revision, createdAt, storedAt, replaces, ciphertext } = row
      const deviceId = row.device === this.#deviceId ? null : row.device
      const version = { id, workspaceId: WORKSPACE, memoryRef: memory, revision, createdAt, storedAt, deviceId }
      if (row.isDeleted) {
        outbox.adoptDeleted([version])
        continue
      }
      const envelope = { ...version, subKeyId: null, sizeBytes: ciphertext.length, sha256: HASH }
      const sequence = outbox.adoptDelivered([{ ...envelope, replaces, isUnopened: false }]).get(id)
      if (sequence !== undefined) this.#store.set(id, { ...envelope, sequence, ciphertext })
    }
  }
}
