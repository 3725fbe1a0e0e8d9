/** Up to three computers, the platform that they share, what may happen to them, and what must hold when everything has come to rest. */
import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { openDatabase } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { memoryRef, temporaryFolder, WORKSPACE } from '../fixture.ts'
import { Computer } from './computer.ts'
import { Platform, type Stored } from './platform.ts'

const YEAR_MS = 365 * 86_400_000
const MEMORIES = 2
const COMPUTERS = 3

export type Step =
  | { do: 'write'; at: number; memory: number; names: boolean }
  | { do: 'delete'; at: number; memory: number }
  | { do: 'push'; at: number; limit: number; lost: boolean }
  | { do: 'restore' | 'crash' | 'save' | 'put back' | 'prune'; at: number }
  | { do: 'offline starts'; at: number }
  | { do: 'copy'; at: number; years: number }
  | { do: 'new computer'; years: number }
  | { do: 'wait'; ms: number }
  | { do: 'platform save' | 'platform put back' }

const at = fc.nat(COMPUTERS - 1)
const memory = fc.nat(MEMORIES - 1)
export const years = fc.constantFrom(0, 0, -10, 10)
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('write' as const), at, memory, names: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), at, memory }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('push' as const), at, limit: fc.constantFrom(1, 1000), lost: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('restore' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'save' as const, 'put back' as const, 'prune' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('offline starts' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('copy' as const), at, years }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('new computer' as const), years }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 60_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('platform save' as const, 'platform put back' as const) }) },
)

/** An empty outbox.db: each computer begins with a copy of it. */
export function emptyFolder(): { path: string; remove(): void } {
  const folder = temporaryFolder()
  const path = join(folder.path, 'outbox.db')
  openDatabase({ path, migrations: migrations.outbox, synchronous: 'normal', returnsSpace: true }).close()
  return { path, remove: () => folder.remove() }
}

export class World {
  now = Date.UTC(2026, 10, 21)
  readonly platform = new Platform()
  readonly computers: Computer[]
  readonly #template: string
  readonly #written = new Set<string>()
  readonly #deleted = new Set<string>()

  constructor(firstYears: number, template: string) {
    this.#template = template
    this.computers = [new Computer(this, { skewMs: firstYears * YEAR_MS, template, from: null })]
  }

  async play(step: Step): Promise<void> {
    this.now += 1000
    const computer = 'at' in step ? this.computers[step.at % this.computers.length] : undefined
    switch (step.do) {
      case 'wait':
        this.now += step.ms
        return
      case 'platform save':
        return this.platform.save()
      case 'platform put back':
        return this.platform.putBack()
      case 'new computer':
        return this.#add(step.years, null)
    }
    if (computer === undefined) return
    switch (step.do) {
      case 'write':
        this.#written.add(computer.write(memoryRef(`m${step.memory}`), step.names))
        return
      case 'delete':
        for (const id of computer.delete(memoryRef(`m${step.memory}`))) this.#deleted.add(id)
        return
      case 'push':
        return computer.push(step.limit, step.lost)
      case 'restore':
        return computer.restore()
      case 'crash':
        return computer.restart()
      case 'offline starts':
        computer.restart()
        return computer.restart()
      case 'save':
        computer.save()
        return
      case 'put back':
        return computer.putBack()
      case 'prune':
        return computer.prune()
      case 'copy':
        return this.#add(step.years, computer)
    }
  }

  #add(years: number, original: Computer | null): void {
    if (this.computers.length === COMPUTERS) return
    this.computers.push(new Computer(this, { skewMs: years * YEAR_MS, template: this.#template, from: original?.save() ?? null }))
  }

  /** Everybody connects, delivers and restores, until nothing moves any more. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      for (const computer of this.computers) await computer.push(1000, false)
      for (const computer of this.computers) await computer.restore()
    }
  }

  /** @param keepsFolders no folder was put back, so nobody forgot what it had written or deleted. */
  check(keepsFolders: boolean): void {
    const rows = [...this.platform.rows.values()]
    for (const { outbox } of this.computers) {
      for (const state of ['pending', 'sending', 'waiting', 'held', 'rejected'] as const) expect(outbox.tally(WORKSPACE)[state].count).toBe(0)
      for (const name of Array.from({ length: MEMORIES }, (_, index) => memoryRef(`m${index}`))) {
        const versions = rows.filter((row) => row.memory === name)
        const heads = naiveHeads(versions)
        const contents = outbox.memory(WORKSPACE, name)
        expect(contents?.read?.id ?? null).toBe(naiveRead(heads))
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
    this.#checkCounts(rows)
    // Each running console is one device.
    expect(new Set(this.computers.map(({ deviceId }) => deviceId)).size).toBe(this.computers.length)
    // In one device's lane nothing was stored before what it came after.
    for (const one of rows) {
      for (const other of rows) {
        if (one.isDeleted || other.isDeleted || one.device !== other.device || one.memory !== other.memory || one.revision >= other.revision) continue
        expect(one.place).toBeLessThan(other.place)
      }
    }
    if (keepsFolders) this.#checkNothingLost()
  }

  /** What each counts as its own is what the platform has of it, and what it was told to be stored the platform knows. */
  #checkCounts(rows: readonly Stored[]): void {
    for (const { outbox, deviceId } of this.computers) {
      const own = rows.filter(({ device, isDeleted }) => device === deviceId && !isDeleted)
      const total = outbox.storedTotals(WORKSPACE).reduce((sum, { count }) => sum + count, 0)
      expect(total).toBe(own.length)
      const here = outbox.history.summaries(WORKSPACE).find((summary) => summary.deviceId === deviceId)
      const there = this.platform.summary(deviceId)
      // It may have stored what was deleted here before anybody heard that it was stored; never the other way round.
      expect(here?.count ?? 0).toBeLessThanOrEqual(there?.count ?? 0)
      if (here?.count === there?.count) expect(here?.sum).toBe(there?.sum)
    }
  }

  /** Whatever was put back there: what was acknowledged is there, or was deleted; what was deleted stays so. */
  #checkNothingLost(): void {
    for (const id of this.#written) {
      if (this.platform.rows.has(id) || this.#deleted.has(id)) continue
      for (const { outbox } of this.computers) expect(outbox.item(WORKSPACE, id)?.item.state ?? 'discarded').toBe('discarded')
    }
    for (const id of this.#deleted) expect(this.platform.rows.get(id)?.isDeleted ?? true).toBe(true)
  }

  close(): void {
    for (const computer of this.computers) computer.close()
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
