/**
 * Any single file of the data folder may be deleted, emptied, cut in half, or have 4 KiB zeroed: nothing that was acknowledged more than
 * five seconds ago is lost. FAULT_MATRIX=all for every case, FAULT_SEED for another choice of them.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, cpSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataFolderLock, lockDataFolder } from '../../main/bridge/data-folder-lock.ts'
import { type Engine, startEngine } from '../../main/engine/engine.ts'
import { uuidText } from '../../main/engine/outbox/queue/identifiers.ts'
import { STATES } from '../../main/engine/outbox/queue/rows/codes.ts'
import { type Sandbox, startSandbox } from '../../main/sandbox/server.ts'
import { openSecretFile } from '../../main/web/secret-file.ts'
import { type CallInput, type CallOutput, calls, type EngineCallName } from '../../shared/contract/console.ts'
import { acknowledgement, tenantToken } from './fixture.ts'
import { type FlowingClock, flowingClock } from './flowing-clock.ts'
import { between, seeded } from './seeded.ts'

const ALL = process.env.FAULT_MATRIX === 'all'
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000)
const CASES_IN_SUITE = 12
const PAGE_BYTES = 4096
const DAMAGES = ['deleted', 'emptied', 'cut in half', 'zeroed'] as const
const STATES_OF_WRITES = ['pending', 'held'] as const
const ENDS = ['clean end', 'kill -9'] as const
type Damage = (typeof DAMAGES)[number]
type Held = (typeof STATES_OF_WRITES)[number]
type End = (typeof ENDS)[number]

/** Kinds of files of a data folder. `words`: whoever opens it must say that something had to be mended, whatever the damage was. */
const KINDS: readonly { kind: string; path: RegExp; words: readonly Damage[] }[] = [
  { kind: 'outbox.db', path: /^outbox\.db$/, words: ['deleted', 'emptied', 'cut in half'] },
  { kind: 'outbox.db-wal', path: /^outbox\.db-wal$/, words: [] },
  { kind: 'outbox.db-shm', path: /^outbox\.db-shm$/, words: [] },
  { kind: 'cache.db', path: /^cache\.db$/, words: ['deleted', 'emptied'] },
  { kind: 'cache.db-wal', path: /^cache\.db-wal$/, words: [] },
  { kind: 'egress.db', path: /^egress\.db$/, words: ['deleted', 'emptied'] },
  { kind: 'egress.db-wal', path: /^egress\.db-wal$/, words: [] },
  { kind: 'data of the table', path: /^envelopes\.lance\/data\//, words: [] },
  { kind: 'newest manifest', path: /^envelopes\.lance\/_versions\/.*\.manifest$/, words: ['deleted', 'emptied', 'cut in half'] },
  { kind: 'transactions', path: /^envelopes\.lance\/_transactions\//, words: [] },
  { kind: 'indexes', path: /^envelopes\.lance\/_indices\//, words: [] },
  { kind: 'copy of the manifest', path: /^envelopes\.manifest\//, words: [] },
  { kind: 'journal', path: /^undelivered\/.*\.journal$/, words: ['deleted', 'emptied', 'cut in half', 'zeroed'] },
  { kind: 'copies of outbox.db', path: /^backups\/.*\.db$/, words: [] },
  { kind: 'secrets', path: /^secrets(\.second)?\.json$/, words: [] },
  { kind: 'host.lock', path: /^host\.lock$/, words: [] },
  { kind: 'intake.json', path: /^intake\.json$/, words: [] },
  { kind: 'start.reserve', path: /^start\.reserve$/, words: [] },
]

type Case = { kind: string; path: RegExp; damage: Damage; held: Held; end: End; words: boolean }
const everyCase: Case[] = STATES_OF_WRITES.flatMap((held) =>
  ENDS.flatMap((end) => KINDS.flatMap(({ kind, path, words }) => DAMAGES.map((damage) => ({ kind, path, damage, held, end, words: words.includes(damage) })))),
)
const random = seeded(SEED)
const chosen = ALL
  ? everyCase
  : everyCase
      .map((one) => ({ one, key: random() }))
      .sort((left, right) => left.key - right.key)
      .slice(0, CASES_IN_SUITE)
      .map(({ one }) => one)

/** What a folder owes: ids of envelopes, and how many other writes of each kind. */
type Owed = { envelopes: string[]; others: number }
type Master = { folder: string; owed: Owed }

let root = ''
let port = 0
let platformBase = ''
let agentSecret = ''
let workspaceId = ''
const masters = new Map<string, Master>()

class Life {
  readonly engine: Engine
  readonly clock: FlowingClock
  readonly lock: Extract<DataFolderLock, { held: true }>
  constructor(engine: Engine, clock: FlowingClock, lock: Extract<DataFolderLock, { held: true }>) {
    this.engine = engine
    this.clock = clock
    this.lock = lock
  }

  /** As the web host does: with its lock, and secrets in its files. */
  static async begin(dataDir: string): Promise<Life> {
    const clock = flowingClock()
    const lock = lockDataFolder(dataDir)
    if (!lock.held) throw new Error('the folder is held by somebody else')
    const engine = await startEngine({
      options: { dataDir, host: 'web', version: '0.0.0-test', firstWorkspaces: [], trustedLoopbackOrigins: [], secretsProtectedBy: 'this test', intakePort: 0 },
      secrets: openSecretFile(join(dataDir, 'secrets.json'), () => undefined),
      clock,
      random: () => 0,
      emit: () => undefined,
      report: () => undefined,
    })
    return new Life(engine, clock, lock)
  }

  async end(): Promise<void> {
    await this.engine.stop()
    this.lock.release()
  }

  async call<N extends EngineCallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const result = await this.engine.call(name, calls[name].input.parse(input))
    if (!result.ok) throw new Error(`${name}: ${result.error.code} ${result.error.message}`)
    return calls[name].output.parse(result.value) as CallOutput<N>
  }

  async write(agent: string, memoryId: string): Promise<string> {
    const bytes = randomBytes(2000)
    const answer = await fetch(`http://127.0.0.1:${this.engine.intakePort}/v1/memories`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${agent}`, 'Tidemark-Memory-Id': memoryId },
      body: bytes,
    })
    const body: unknown = await answer.json()
    if (answer.status !== 201) throw new Error(`the intake answered ${answer.status} ${JSON.stringify(body)}`)
    return acknowledgement(memoryId, bytes, body).envelopeId
  }

  async until(condition: () => boolean | Promise<boolean>, what: () => string, jumpMs = 500, withinMs = 30_000): Promise<void> {
    const deadline = performance.now() + withinMs
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(what())
      this.clock.jump(jumpMs)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

const startPlatform = (dataDir: string): Promise<Sandbox> => startSandbox({ port, dataDir, tickMs: 100, report: () => undefined })

/** State and kind of each item of the queue, by id. */
function itemsOf(dataDir: string): Map<string, { state: string; kind: number; reason: string | null }> {
  const database = new BetterSqlite3(join(dataDir, 'outbox.db'), { readonly: true, timeout: 10_000 })
  try {
    const rows = database
      .prepare<[], { id: Buffer; state: number; kind: number; reason: string | null }>(
        'SELECT item.id, item_group.state, item_group.kind, item.reason FROM item JOIN item_group ON item_group.no = item.group_no',
      )
      .all()
    return new Map(rows.map(({ id, state, kind, reason }) => [uuidText(id), { state: STATES[state] ?? '', kind, reason }]))
  } finally {
    database.close()
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

/** One folder for each state and end: made once, copied for each case. */
async function makeMaster(held: Held, base: string): Promise<void> {
  const dataDir = join(root, `master-${held}`)
  cpSync(base, dataDir, { recursive: true })
  const platformDir = join(root, `platform-${held}`)
  cpSync(platformBase, platformDir, { recursive: true })
  if (held === 'held') {
    const platform = new BetterSqlite3(join(platformDir, 'platform.db'))
    platform.exec("UPDATE counters SET used = quota_limit WHERE metric = 'encrypted_bytes'")
    platform.close()
  }
  const before = new Set(itemsOf(dataDir).keys())
  let sandbox = held === 'held' ? await startPlatform(platformDir) : null
  const life = await Life.begin(dataDir)
  const envelopes: string[] = []
  for (let index = 0; index < 12; index += 1) envelopes.push(await life.write(agentSecret, `${held}-${index}`))
  if (sandbox !== null) {
    await life.until(
      () => envelopes.every((id) => itemsOf(dataDir).get(id)?.state === 'held'),
      () => `not held: ${JSON.stringify([...itemsOf(dataDir).values()])}`,
    )
    await sandbox.stop()
    sandbox = null
  }
  const [setting] = await life.call('settings.list', { workspaceId })
  if (setting === undefined) throw new Error('the platform has no setting')
  await life.call('settings.put', { workspaceId, key: setting.key, value: setting.value })
  await life.call('alerts.put', {
    workspaceId,
    id: null,
    measure: 'cost',
    meter: null,
    fields: { name: 'Budget', at: 5000, channels: ['email'], enabled: true },
  })
  const removed = await fetch(`http://127.0.0.1:${life.engine.intakePort}/v1/memories/delivered-0`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${agentSecret}` },
  })
  expect(removed.status).toBe(202)
  const others = [...itemsOf(dataDir)].filter(([id, { kind }]) => kind !== 0 && !before.has(id)).length
  expect(others).toBe(3)
  // Five seconds after the last acknowledgement.
  for (let step = 0; step < 12; step += 1) {
    life.clock.jump(500)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await life.until(
    () => stagedCount(dataDir) === 0,
    () => 'the mover did not come',
  )
  const killed = `${dataDir}-killed`
  cpSync(dataDir, killed, { recursive: true })
  await life.end()
  masters.set(`${held}/clean end`, { folder: dataDir, owed: { envelopes, others } })
  masters.set(`${held}/kill -9`, { folder: killed, owed: { envelopes, others } })
}

function stagedCount(dataDir: string): number {
  const database = new BetterSqlite3(join(dataDir, 'outbox.db'), { readonly: true, timeout: 10_000 })
  try {
    return database.prepare<[], number>('SELECT count(*) FROM stage').pluck().get() ?? 0
  } finally {
    database.close()
  }
}

beforeAll(async () => {
  console.log(`file matrix: ${chosen.length} of ${everyCase.length} cases with FAULT_SEED=${SEED}`)
  root = mkdtempSync(join(tmpdir(), 'tidemark-matrix-'))
  platformBase = join(root, 'platform')
  const sandbox = await startSandbox({ port: 0, dataDir: platformBase, tickMs: 100, report: () => undefined })
  port = Number(new URL(sandbox.url).port)
  const base = join(root, 'base')
  const life = await Life.begin(base)
  workspaceId = (await life.call('workspaces.add', { url: sandbox.url, token: await tenantToken(sandbox.url) })).id
  const { secret } = await life.call('subKeys.create', { workspaceId, name: 'agent' })
  agentSecret = secret
  const delivered: string[] = []
  for (let index = 0; index < 5; index += 1) delivered.push(await life.write(secret, `delivered-${index}`))
  await life.until(
    () => delivered.every((id) => itemsOf(base).get(id)?.state === 'delivered'),
    () => 'the first envelopes were not delivered',
  )
  await life.call('backups.create', {})
  await life.end()
  await sandbox.stop()
  for (const held of STATES_OF_WRITES) await makeMaster(held, base)
}, 120_000)

afterAll(() => rmSync(root, { recursive: true, force: true }))

function doDamage(path: string, damage: Damage): void {
  const { size } = statSync(path)
  if (damage === 'deleted') rmSync(path)
  else if (damage === 'emptied') truncateSync(path, 0)
  else if (damage === 'cut in half') truncateSync(path, Math.floor(size / 2))
  else {
    const descriptor = openSync(path, 'r+')
    writeSync(
      descriptor,
      Buffer.alloc(Math.min(PAGE_BYTES, size)),
      0,
      Math.min(PAGE_BYTES, size),
      size <= PAGE_BYTES ? 0 : between(random, 0, size - PAGE_BYTES),
    )
    closeSync(descriptor)
  }
}

describe('one damaged file', () => {
  it.each(chosen.map((one) => [`${one.kind} ${one.damage}, ${one.held}, after a ${one.end}`, one] as const))(
    '%s: nothing is lost, the rest goes on',
    async (name, { path, damage, held, end, words }) => {
      const master = masters.get(`${held}/${end}`)
      if (master === undefined) throw new Error(`there is no folder for ${held}/${end}`)
      const { owed } = master
      const candidates = filesBelow(master.folder).filter((file) => path.test(file))
      // A clean end leaves no log, and no address of a door.
      if (candidates.length === 0) return console.log(`${name}: there is no such file`)
      const file = path.source.includes('manifest$') ? (candidates[0] ?? '') : (candidates[between(random, 0, candidates.length - 1)] ?? '')
      const folder = mkdtempSync(join(root, 'case-'))
      const dataDir = join(folder, 'data')
      cpSync(master.folder, dataDir, { recursive: true })
      cpSync(platformBase, join(folder, 'platform'), { recursive: true })
      doDamage(join(dataDir, file), damage)
      const sandbox = await startPlatform(join(folder, 'platform'))
      try {
        const life = await Life.begin(dataDir)
        try {
          const states = (): string =>
            JSON.stringify([...itemsOf(dataDir)].filter(([, { state }]) => state !== 'delivered').map(([id, { state, reason }]) => [id, state, reason]))
          await life.until(
            () => {
              const items = itemsOf(dataDir)
              const others = [...items.values()].filter(({ kind, state }) => kind !== 0 && state === 'delivered').length
              return owed.envelopes.every((id) => items.get(id)?.state === 'delivered') && others >= owed.others
            },
            () => `${file} ${damage}: ${owed.envelopes.filter((id) => !itemsOf(dataDir).has(id)).length} envelopes are gone, others ${states()}`,
          )
          const platform = new BetterSqlite3(join(folder, 'platform', 'platform.db'), { readonly: true })
          const stored = new Set(platform.prepare<[], string>('SELECT id FROM envelopes WHERE deleted_at IS NULL').pluck().all())
          platform.close()
          expect(owed.envelopes.filter((id) => !stored.has(id))).toEqual([])
          // Agents and pages go on.
          expect(await life.write(agentSecret, 'after')).not.toBe('')
          await life.call('overview.read', { workspaceId })
          if (words) {
            await life.until(
              async () => (await life.call('app.info', {})).warnings.length > 0,
              () => `${file} ${damage}: nobody was told`,
              500,
              10_000,
            )
          }
        } finally {
          await life.end()
        }
      } finally {
        await sandbox.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    },
    60_000,
  )
})
