/** Several computers with one memory each in their hands: real queues, and a platform in memory that follows the protocol ("Histories"). MODEL_RUNS for more. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Database } from '../../../main/engine/store/database.ts'
import { openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { createOutbox, type Outbox } from '../../../main/engine/outbox/outbox.ts'
import type { Decision } from '../../../main/engine/outbox/queue/delivery-port.ts'
import { Instances } from '../../../main/engine/sync/accounts/instances.ts'
import { memoryRef, steppedClock, temporaryFolder, WORKSPACE } from './fixture.ts'

const YEAR_MS = 365 * 86_400_000
const MEMORIES = 2
const PLENTY = { count: 1000, sizeBytes: Number.POSITIVE_INFINITY }

type Stored = {
  id: string
  memory: string
  revision: number
  device: string
  createdAt: number
  storedAt: number
  replaces: string[]
  isDeleted: boolean
  place: number
  ciphertext: Buffer
}

/** What the platform keeps: rows, and which start of which device it saw last. */
class Platform {
  readonly rows = new Map<string, Stored>()
  readonly instances = new Map<string, string>()
  readonly deletedUnseen = new Set<string>()
  #place = 0

  open(device: string, instance: string, earlier: readonly string[]): 'open' | 'forked' {
    const known = this.instances.get(device)
    if (known !== undefined && known !== instance && !earlier.includes(known)) return 'forked'
    this.instances.set(device, instance)
    return 'open'
  }

  push(row: Omit<Stored, 'place' | 'isDeleted' | 'storedAt'>, now: number): { storedAt: number | null; isDuplicate: boolean } {
    const known = this.rows.get(row.id)
    if (known) return { storedAt: known.storedAt, isDuplicate: true }
    if (this.deletedUnseen.has(row.id)) return { storedAt: null, isDuplicate: true }
    this.#place += 1
    this.rows.set(row.id, { ...row, isDeleted: false, storedAt: now, place: this.#place })
    return { storedAt: now, isDuplicate: false }
  }

  delete(id: string): void {
    const row = this.rows.get(id)
    if (!row) this.deletedUnseen.add(id)
    else if (!row.isDeleted) {
      this.#place += 1
      this.rows.set(id, { ...row, isDeleted: true, place: this.#place })
    }
  }
}

/** A data folder and the console that runs on it. */
class Computer {
  readonly folder = temporaryFolder()
  readonly world: World
  readonly skewMs: number
  database: Database
  outbox: Outbox
  instances: Instances
  deviceId: string
  /** It took a new id; whether it may is checked at the end. */
  forks = 0
  hasCopy = false

  constructor(world: World, skewMs: number, from: string | null) {
    this.world = world
    this.skewMs = skewMs
    if (from !== null) copyFileSync(from, this.path)
    this.deviceId = crypto.randomUUID()
    ;({ database: this.database, outbox: this.outbox, instances: this.instances } = this.#start())
  }

  get path(): string {
    return join(this.folder.path, 'outbox.db')
  }

  get backup(): string {
    return join(this.folder.path, 'backup.db')
  }

  #start(): { database: Database; outbox: Outbox; instances: Instances } {
    const database = openDatabase({ path: this.path, migrations: migrations.outbox, synchronous: 'normal', returnsSpace: true })
    const clock = { ...steppedClock(), now: () => this.world.now + this.skewMs }
    const outbox = createOutbox({ database, clock, clockOffsetMs: () => -this.skewMs })
    const instances = new Instances(database)
    const known: unknown = database.prepare("SELECT value FROM local_settings WHERE key = 'device'").pluck().get()
    if (typeof known === 'string') this.deviceId = known
    else this.#keep(database)
    return { database, outbox, instances }
  }

  #keep(database: Database): void {
    database.prepare("INSERT INTO local_settings (key, value) VALUES ('device', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value").run(this.deviceId)
  }

  stop(): void {
    this.outbox.close()
    this.database.close()
  }

  restart(from: string | null = null): void {
    this.stop()
    if (from !== null) copyFileSync(from, this.path)
    ;({ database: this.database, outbox: this.outbox, instances: this.instances } = this.#start())
  }

  save(): void {
    this.stop()
    copyFileSync(this.path, this.backup)
    ;({ database: this.database, outbox: this.outbox, instances: this.instances } = this.#start())
  }

  /** Opens a session; noticed as a fork, it becomes another device and takes over what is there. */
  connect(): void {
    const { platform } = this.world
    if (platform.open(this.deviceId, this.instances.current, this.instances.earlier) === 'open') return
    this.forks += 1
    this.outbox.becameAnotherDevice(WORKSPACE, this.deviceId)
    this.deviceId = crypto.randomUUID()
    this.#keep(this.database)
    expect(platform.open(this.deviceId, this.instances.current, this.instances.earlier)).toBe('open')
    this.restore()
  }

  write(memory: string, namesOthers: boolean): void {
    const others = namesOthers ? (this.outbox.memory(WORKSPACE, memory)?.others ?? []).map(({ id }) => id) : []
    const [made] = this.outbox.enqueueEnvelopes([
      {
        workspaceId: WORKSPACE,
        subKeyId: null,
        memoryRef: memory,
        createdAt: this.world.now + this.skewMs,
        replaces: others,
        seal: ({ replaces }) => Buffer.from(JSON.stringify(replaces)),
      },
    ])
    if (!made?.ok) throw made?.error
    // Whoever wrote reads it, unless another head is later by the rule.
    const contents = this.outbox.memory(WORKSPACE, memory)
    expect([contents?.read?.id, ...(contents?.others ?? []).map(({ id }) => id)]).toContain(made.value.id)
    if ((contents?.others.length ?? 0) === 0) expect(contents?.read?.id).toBe(made.value.id)
    for (const id of others) expect(contents?.others.some((other) => other.id === id)).toBe(false)
  }

  /** In the order of the lanes, as the drain does it. `lost`: the answer does not arrive. */
  push(limit: number, lost: boolean): void {
    this.connect()
    const queue = this.outbox.deliveryQueue(WORKSPACE)
    if (queue === null) return
    for (const kind of ['envelope', 'delete'] as const) {
      for (let round = 0; round < 50; round += 1) {
        const ready = queue.ready(kind, 'pending', { ...PLENTY, count: limit })
        const marked = queue.markInFlight({ items: ready.items, inSpiteOfHold: false })
        if (marked.items.length === 0) break
        const sealed = this.outbox.stage.read(marked.items.map(({ item }) => item.id))
        const results = marked.items.map((inFlight) => {
          const { item } = inFlight
          let stored: ReturnType<Platform['push']> = { storedAt: null, isDuplicate: false }
          if (kind === 'delete') this.world.platform.delete(JSON.parse(item.payload ?? '{}').envelopeId)
          else {
            const ciphertext = Buffer.from(sealed.get(item.id) ?? [])
            stored = this.world.platform.push(
              {
                id: item.id,
                memory: item.memoryRef ?? '',
                revision: item.revision ?? 0,
                device: this.deviceId,
                createdAt: item.createdAt,
                replaces: JSON.parse(ciphertext.toString()),
                ciphertext,
              },
              this.world.now,
            )
          }
          const decision: Decision = lost ? { next: 'requeued' } : { next: 'delivered', duplicate: stored.isDuplicate, status: 200, storedAt: stored.storedAt }
          return { inFlight, decision }
        })
        queue.record({ kind, pushNo: marked.pushNo, deviceId: null, results, notSent: [], unanswered: lost, hold: null, next: null }, this.world.now)
        if (lost) break
      }
    }
  }

  restore(): void {
    const rows = [...this.world.platform.rows.values()].sort((left, right) => left.place - right.place)
    for (const row of rows) {
      const { id, memory, revision, createdAt, storedAt, replaces, ciphertext } = row
      const deviceId = row.device === this.deviceId ? null : row.device
      const version = { id, workspaceId: WORKSPACE, memoryRef: memory, revision, createdAt, storedAt, deviceId }
      if (row.isDeleted) this.outbox.adoptDeleted([version])
      else this.outbox.adoptDelivered([{ ...version, subKeyId: null, sizeBytes: ciphertext.length, sha256: 'ab'.repeat(32), replaces, isUnopened: false }])
    }
  }
}

type Step =
  | { do: 'write'; at: number; memory: number; names: boolean }
  | { do: 'delete'; at: number; memory: number }
  | { do: 'push'; at: number; limit: number; lost: boolean }
  | { do: 'restore' | 'crash' | 'save' | 'put back'; at: number }
  | { do: 'offline starts'; at: number }
  | { do: 'copy'; at: number; years: number }
  | { do: 'new computer'; years: number }
  | { do: 'wait'; ms: number }

const at = fc.nat(2)
const memory = fc.nat(MEMORIES - 1)
const years = fc.constantFrom(0, 0, -10, 10)
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('write' as const), at, memory, names: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), at, memory }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('push' as const), at, limit: fc.constantFrom(1, 1000), lost: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('restore' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'save' as const, 'put back' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('offline starts' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('copy' as const), at, years }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('new computer' as const), years }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 60_000) }) },
)

class World {
  now = Date.UTC(2026, 10, 21)
  readonly platform = new Platform()
  readonly computers: Computer[]

  constructor(firstYears: number) {
    this.computers = [new Computer(this, firstYears * YEAR_MS, null)]
  }

  play(step: Step): void {
    this.now += 1000
    const computer = 'at' in step ? this.computers[step.at % this.computers.length] : undefined
    if (step.do === 'wait') this.now += step.ms
    if (step.do === 'new computer' && this.computers.length < 3) this.computers.push(new Computer(this, step.years * YEAR_MS, null))
    if (computer === undefined) return
    switch (step.do) {
      case 'write':
        return computer.write(memoryRef(`m${step.memory}`), step.names)
      case 'delete':
        computer.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef(`m${step.memory}`))
        expect(computer.outbox.latest(WORKSPACE, memoryRef(`m${step.memory}`))).toBeNull()
        return
      case 'push':
        return computer.push(step.limit, step.lost)
      case 'restore':
        computer.connect()
        return computer.restore()
      case 'crash':
        return computer.restart()
      case 'offline starts':
        computer.restart()
        return computer.restart()
      case 'save':
        computer.save()
        computer.hasCopy = true
        return
      case 'put back':
        if (computer.hasCopy) computer.restart(computer.backup)
        return
      case 'copy':
        if (this.computers.length === 3) return
        computer.save()
        this.computers.push(new Computer(this, step.years * YEAR_MS, computer.backup))
    }
  }

  /** Everybody connects, delivers and restores, until nothing moves any more. */
  settle(): void {
    for (let round = 0; round < 3; round += 1) {
      for (const computer of this.computers) computer.push(1000, false)
      for (const computer of this.computers) computer.restore()
    }
  }

  check(): void {
    const rows = [...this.platform.rows.values()]
    for (const computer of this.computers) {
      const { outbox } = computer
      for (const state of ['pending', 'sending', 'waiting', 'held', 'rejected'] as const) expect(outbox.tally(WORKSPACE)[state].count).toBe(0)
      for (const name of Array.from({ length: MEMORIES }, (_, index) => memoryRef(`m${index}`))) {
        const versions = rows.filter((row) => row.memory === name)
        const heads = naiveHeads(versions)
        const expected = naiveRead(heads)
        const contents = outbox.memory(WORKSPACE, name)
        expect(contents?.read?.id ?? null).toBe(expected)
        // No version is out of reach: each head is offered, each live version is there by its id.
        const offered = [contents?.read?.id, ...(contents?.others ?? []).map(({ id }) => id)].filter((id) => id !== undefined)
        expect([...offered].sort()).toEqual(
          heads
            .filter(({ isDeleted }) => !isDeleted)
            .map(({ id }) => id)
            .sort(),
        )
        for (const { id, isDeleted } of versions) expect(outbox.version(WORKSPACE, name, id) === null).toBe(isDeleted)
      }
    }
    // What each counts as its own is what the platform has of it.
    for (const { outbox, deviceId } of this.computers) {
      const own = rows.filter(({ device, isDeleted }) => device === deviceId && !isDeleted)
      const total = outbox.storedTotals(WORKSPACE).reduce((sum, { count }) => sum + count, 0)
      expect(total).toBe(own.length)
    }
    // Each running console is one device.
    expect(new Set(this.computers.map(({ deviceId }) => deviceId)).size).toBe(this.computers.length)
    // In one device's lane nothing was stored before what it came after.
    for (const one of rows) {
      for (const other of rows) {
        if (one.isDeleted || other.isDeleted || one.device !== other.device || one.memory !== other.memory || one.revision >= other.revision) continue
        expect(one.place).toBeLessThan(other.place)
      }
    }
  }

  close(): void {
    for (const computer of this.computers) {
      computer.stop()
      computer.folder.remove()
    }
  }
}

/** Written down from the protocol, by brute force, on what the platform has. */
function naiveHeads(versions: readonly Stored[]): Stored[] {
  return versions.filter((one) => {
    if (versions.some((other) => !other.isDeleted && other.replaces.includes(one.id))) return false
    return !(one.isDeleted && versions.some((other) => other.device === one.device && other.revision > one.revision))
  })
}

function naiveRead(heads: readonly Stored[]): string | null {
  const time = (one: Stored): number => Math.min(one.createdAt, one.storedAt)
  const [first] = [...heads].sort((left, right) => time(right) - time(left) || (left.id < right.id ? 1 : -1))
  return first === undefined || first.isDeleted ? null : first.id
}

function play(list: readonly Step[], firstYears: number): World {
  const world = new World(firstYears)
  for (const one of list) world.play(one)
  world.settle()
  return world
}

test('whatever computers write, delete, copy, put back and lose: all of them read the same, and nothing is hidden', { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 4, maxLength: 30 }), years, (list, firstYears) => {
      const world = play(list, firstYears)
      try {
        world.check()
      } finally {
        world.close()
      }
    }),
    { numRuns: Number(process.env.MODEL_RUNS ?? 60) },
  )
})

test('a crash, starts without a network and a lost answer are no fork', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(
      fc.array(
        steps.filter((step) => step.do !== 'copy' && step.do !== 'put back'),
        { minLength: 4, maxLength: 30 },
      ),
      (list) => {
        const world = play(list, 0)
        try {
          expect(world.computers.map(({ forks }) => forks)).toEqual(world.computers.map(() => 0))
        } finally {
          world.close()
        }
      },
    ),
    { numRuns: Number(process.env.MODEL_RUNS ?? 20) },
  )
})
