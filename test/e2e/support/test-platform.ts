import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { sandboxMembersResponse } from '../../../shared/contract/platform.ts'
import { type Program, startProgram } from './program.ts'

/** From where the run was started, the repository: benchmarks bundle this file, which then lies elsewhere. */
const sandboxEntry = join(process.cwd(), 'out/main/sandbox.js')

/** With what was stored under it. */
export type SealedEnvelope = StoredEnvelope & { sub_key_id: string | null; ciphertext: Buffer }
export type StoredEnvelope = { id: string; memory_ref: string; revision: number; size_bytes: number; stored_at: number; deleted_at: number | null }

const STORED_COLUMNS = 'id, memory_ref, revision, size_bytes, stored_at, deleted_at'
const storedEnvelope = z.strictObject({
  id: z.string(),
  memory_ref: z.string(),
  revision: z.int(),
  size_bytes: z.int(),
  stored_at: z.int(),
  deleted_at: z.int().nullable(),
})

/** The embedded platform as its own process, with an eye on its database and a way to act as somebody else at it. */
export type TestPlatform = {
  readonly url: string
  readonly token: string
  /** Of another member of the same workspace. */
  readonly otherToken: string
  readonly program: Program
  /** Where its databases are. */
  readonly dataDir: string
  /** A request as a member of the workspace makes it from somewhere else. */
  ask(method: string, path: string, body?: unknown, as?: string): Promise<{ status: number; body: unknown }>
  /** Carries out an operation of the catalog, which the audit log then names. */
  operate(token: string, action: string, target: string): Promise<void>
  /** The token of a demo member, by the catalog of the workspace and the role. */
  tokenOf(catalog: string, role?: string): string
  /** Every envelope that is stored and not deleted, in the order in which the platform took them. */
  envelopes(): StoredEnvelope[]
  /** The same with their ciphertexts. */
  sealedEnvelopes(): SealedEnvelope[]
  counter(metric: string): { used: number; limit: number }
  setting(key: string): { value: string; version: number } | undefined
  /** Opens a session of a device that nobody sits at, and answers how to close it. */
  openSession(deviceId: string): Promise<() => Promise<void>>
  /** Ends what a token may do, as an administrator does. */
  revokeToken(token: string): void
  stop(): Promise<void>
  /** Again with the same data, on the same port. */
  restart(): Promise<void>
}

/** `entry`: a program that starts a platform, the built sandbox unless told otherwise. `history`: with the demo's fifteen months, all of them made. */
export type PlatformOptions = { entry?: string; history?: boolean }

/**
 * The data folder of a stopped platform whose past is made: that takes many times as long as a start, so it is made once in a run
 * (all workers of a run have one parent) and copied for each spec.
 */
async function platformWithPast(entry: string): Promise<string> {
  const all = join(process.cwd(), '.reports', 'past')
  const folder = join(all, String(process.ppid))
  const unfinished = `${folder}.unfinished`
  await mkdir(all, { recursive: true })
  while (!existsSync(folder)) {
    // Whoever can make the folder makes the past; another worker waits for it.
    if (await isMade(unfinished)) await makePast(entry, unfinished, folder)
    else await new Promise((resolve) => setTimeout(resolve, 500))
  }
  return folder
}

async function isMade(folder: string): Promise<boolean> {
  return await mkdir(folder).then(
    () => true,
    () => false,
  )
}

async function makePast(entry: string, unfinished: string, folder: string): Promise<void> {
  try {
    const program = startProgram(entry, ['--port', '0', '--data', unfinished])
    await program.line(/listens on/)
    const database = new Database(join(unfinished, 'platform.db'), { readonly: true })
    // Each part is written down before the platform listens; the customer by agreement has no past that would be made.
    const open = database.prepare<[], number>('SELECT count(*) FROM history_progress WHERE complete = 0').pluck()
    while (open.get() !== 0) await new Promise((resolve) => setTimeout(resolve, 200))
    database.close()
    await program.stop()
    await rename(unfinished, folder)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

export async function startTestPlatform(dataDir: string, { entry = sandboxEntry, history = false }: PlatformOptions = {}): Promise<TestPlatform> {
  const past = history ? [] : ['--no-history']
  if (history) await cp(await platformWithPast(entry), dataDir, { recursive: true })
  let program = startProgram(entry, ['--port', '0', '--data', dataDir, ...past])
  const url = (await program.line(/listens on (\S+)/))[1] ?? ''
  const answer = await fetch(`${url}/sandbox/members`)
  const members = sandboxMembersResponse.parse(await answer.json())
  const [member, other] = members
  if (member === undefined || other === undefined) throw new Error('The sandbox has fewer than two members')
  const { token, workspace } = member

  function read<T>(schema: z.ZodType<T>, sql: string, ...values: (string | number)[]): T[] {
    const database = new Database(join(dataDir, 'platform.db'), { readonly: true })
    try {
      return z.array(schema).parse(database.prepare(sql).all(...values))
    } finally {
      database.close()
    }
  }

  async function ask(method: string, path: string, body?: unknown, as = token): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${as}`,
        'idempotency-key': crypto.randomUUID(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }

  return {
    url,
    dataDir,
    token,
    otherToken: other.token,
    get program() {
      return program
    },
    ask,
    tokenOf(catalog, role = 'tenant_admin') {
      const found = members.find((one) => one.catalog === catalog && one.role === role)
      if (found === undefined) throw new Error(`The demo has no ${role} in ${catalog}`)
      return found.token
    },
    envelopes: () => read(storedEnvelope, `SELECT ${STORED_COLUMNS} FROM envelopes WHERE deleted_at IS NULL ORDER BY sequence`),
    sealedEnvelopes: () =>
      read(
        storedEnvelope.extend({ sub_key_id: z.string().nullable(), ciphertext: z.instanceof(Buffer) }),
        `SELECT ${STORED_COLUMNS}, sub_key_id, ciphertext FROM envelopes WHERE deleted_at IS NULL ORDER BY sequence`,
      ),
    counter(metric) {
      const [found] = read(z.strictObject({ used: z.int(), limit: z.int() }), 'SELECT used, quota_limit AS "limit" FROM counters WHERE metric = ?', metric)
      if (found === undefined) throw new Error(`The platform has no counter ${metric}`)
      return found
    },
    setting: (key) =>
      read(
        z.strictObject({ value: z.string(), version: z.int() }),
        'SELECT s.value, s.version FROM settings s JOIN workspaces w ON w.id = s.workspace_id WHERE s.key = ? AND w.name = ?',
        key,
        workspace,
      )[0],
    async operate(as, action, target) {
      const { status, body } = await ask('POST', '/v1/operations', { action, target, metadata: {} }, as)
      if (status !== 201) throw new Error(`${action} was refused: ${status} ${JSON.stringify(body)}`)
    },
    async openSession(deviceId) {
      const device = await ask('POST', '/v1/devices', { id: deviceId })
      const opened = await ask('POST', '/v1/sessions', { device_id: deviceId })
      if (opened.status !== 201) throw new Error(`The session was refused: ${device.status} ${opened.status} ${JSON.stringify(opened.body)}`)
      const { id } = z.looseObject({ id: z.string() }).parse(opened.body)
      return async () => void (await ask('DELETE', `/v1/sessions/${id}`))
    },
    revokeToken(revoked) {
      const database = new Database(join(dataDir, 'platform.db'))
      try {
        database.prepare('UPDATE tokens SET revoked_at = ? WHERE token_hash = ?').run(Date.now(), hash('sha256', revoked))
      } finally {
        database.close()
      }
    },
    stop: () => program.stop(),
    async restart() {
      await program.stop()
      program = startProgram(entry, ['--port', new URL(url).port, '--data', dataDir, ...past])
      await program.line(/listens on/)
    },
  }
}
