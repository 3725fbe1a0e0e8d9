import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { Clock } from '../../../main/engine/base/clock.ts'
import type { EnvelopeDraft } from '../../../main/engine/outbox/queue/enqueuer.ts'
import type { CiphertextReader } from '../../../main/engine/outbox/item.ts'
import { createOutbox, type Outbox } from '../../../main/engine/outbox/outbox.ts'
import { createDrainer, type Drainer } from '../../../main/engine/outbox/delivery/drainer.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import type { FakePlatform } from './fake-platform.ts'

export const WORKSPACE = '11111111-1111-4111-8111-111111111111'
export const OTHER_WORKSPACE = '22222222-2222-4222-8222-222222222222'
export const AGENT = '33333333-3333-4333-8333-333333333333'
export const DEVICE = '44444444-4444-4444-8444-444444444444'

/** Steps only when a test says so; timers run in the order in which they are due. */
export type SteppedClock = Clock & { advance(ms: number): Promise<void>; setWall(ms: number): void }

const MOST_TIMERS = 5_000

export function steppedClock(start = Date.UTC(2026, 10, 21)): SteppedClock {
  let wall = start
  let monotonic = 0
  let timers: { at: number; work: () => void }[] = []
  return {
    now: () => wall,
    monotonic: () => monotonic,
    after(delayMs, work) {
      const timer = { at: monotonic + delayMs, work }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    setWall(ms) {
      wall = ms
    },
    async advance(ms) {
      const until = monotonic + ms
      for (let fired = 0; ; fired += 1) {
        // A loop that wakes itself again and again, a millisecond later each time, would keep a real computer busy for nothing.
        if (fired > MOST_TIMERS) throw new Error(`${MOST_TIMERS} timers within ${ms} ms`)
        await settled()
        const next = timers.filter(({ at }) => at <= until).sort((left, right) => left.at - right.at)[0]
        if (!next) break
        timers = timers.filter((timer) => timer !== next)
        wall += Math.max(0, next.at - monotonic)
        monotonic = Math.max(monotonic, next.at)
        next.work()
      }
      wall += until - monotonic
      monotonic = until
      await settled()
    },
  }
}

/** Lets everything that is ready run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tidemark-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export function memoryRef(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}

export function draft(name: string, options: { bytes?: number; workspaceId?: string; subKeyId?: string | null; createdAt?: number } = {}): EnvelopeDraft {
  const { bytes = 64, workspaceId = WORKSPACE, subKeyId = AGENT, createdAt = 0 } = options
  return { workspaceId, subKeyId, memoryRef: memoryRef(name), createdAt, seal: () => randomBytes(bytes) }
}

export type Desk = { database: Database; outbox: Outbox; close(): void }

export function openDesk(folder: string, clock: Clock): Desk {
  const database = openDatabase({ path: join(folder, 'outbox.db'), migrations: migrations.outbox, synchronous: 'full', returnsSpace: true })
  const outbox = createOutbox({ database, clock })
  return {
    database,
    outbox,
    close() {
      outbox.close()
      database.close()
    },
  }
}

/** `faults`: errors that ended a drain; there must be none, but for those of a drainer whose database a test has closed. */
export type Running = { drainer: Drainer; events: ConsoleEvent[]; paused: string[]; faults: { workspaceId: string; error: unknown }[] }

export function startDrainer(
  desk: Desk,
  platform: FakePlatform,
  clock: Clock,
  options: { random?: () => number; workspaces?: string[]; lingerMs?: number; reader?: CiphertextReader } = {},
): Running {
  const events: ConsoleEvent[] = []
  const paused: string[] = []
  const faults: Running['faults'] = []
  const drainer = createDrainer({
    outbox: desk.outbox,
    client: platform.client,
    reader: options.reader ?? { read: async (items) => desk.outbox.stage.read(items.map(({ id }) => id)) },
    quota: { meters: () => platform.known, planTerms: () => platform.plan },
    sessions: { current: () => platform.session, noteLost: () => platform.renewSession() },
    deviceId: () => DEVICE,
    clock,
    random: options.random ?? (() => 0),
    emit: (event) => events.push(event),
    onCounters: () => platform.tell(),
    onPaused: (_, why) => paused.push(why),
    onFault: (workspaceId, error) => faults.push({ workspaceId, error }),
    lingerMs: options.lingerMs ?? 0,
  })
  for (const workspaceId of options.workspaces ?? [WORKSPACE]) drainer.start(workspaceId)
  return { drainer, events, paused, faults }
}
