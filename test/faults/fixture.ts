/**
 * A console in front of a platform with a network between them that fails as it is told: the real engine, the real
 * sandbox, a proxy, a fresh data folder. `startScene({ platform: [{ kind: 'reset_answer' }] })`.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { memorySecrets } from '../engine/memory-secrets.ts'
import { createRouter, type Router } from '../../main/bridge/router.ts'
import { type Engine, startEngine } from '../../main/engine/engine.ts'
import { type Sandbox, startSandbox } from '../../main/sandbox/server.ts'
import { type CallInput, type CallName, type CallOutput, calls, type ConsoleEvent, type ItemState } from '../../shared/contract/console.ts'
import { sandboxMembersResponse } from '../../shared/contract/platform.ts'
import { submitForm } from '../engine/sandbox/fixture.ts'
import { type Acknowledged, contradictions, periodStart, platformCounters, platformEnvelopes, queueItems, sha256 } from './evidence.ts'
import { type FlowingClock, flowingClock } from './flowing-clock.ts'
import { type FaultProxy, type FaultRule, startFaultProxy } from './proxy.ts'
import { seeded } from './seeded.ts'

export type SceneOptions = {
  /** What goes wrong from the moment on at which every device has signed in. */
  platform?: FaultRule[]
  devices?: number
  seed?: number
  /** Jitter of the engine: a fixed number makes back-offs predictable. */
  random?: () => number
}

export type Scene = {
  sandbox: Sandbox
  platformFile: string
  device: Device
  devices: readonly Device[]
  /** Buys a plan through the first device's console, as a lead does. */
  upgrade(plan: string): Promise<void>
  /** Every acknowledged write of every device against the files themselves. */
  contradictions(allDelivered: boolean): Promise<string[]>
  /** What the platform counts against what it has: empty when they agree. */
  miscounts(): string[]
  close(): Promise<void>
}

const outputs: { [N in CallName]: { output: z.ZodType<CallOutput<N>> } } = calls

/** Starts a platform with its fixture's faults off, signs the devices in, then lets the faults begin. */
export async function startScene({ platform = [], devices: count = 1, seed = 1, random }: SceneOptions = {}): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-faults-'))
  const failures: unknown[] = []
  const sandbox = await startSandbox({ port: 0, dataDir: join(folder, 'platform'), tickMs: 100, report: (error) => failures.push(error) })
  const platformFile = join(folder, 'platform', 'platform.db')
  const token = await tenantToken(sandbox.url)
  const devices: Device[] = []
  for (let number = 1; number <= count; number += 1) {
    const device = new Device({ dataDir: join(folder, `device-${number}`), sandboxUrl: sandbox.url, seed: seed + number, ...(random ? { random } : {}) })
    await device.begin(token)
    devices.push(device)
  }
  for (const device of devices) await device.proxy.setFaults(...platform)
  const [first] = devices
  if (!first) throw new RangeError('a scene has at least one device')
  return {
    sandbox,
    platformFile,
    device: first,
    devices,
    async upgrade(plan) {
      const { url } = await first.call('billing.checkout', { workspaceId: first.workspaceId, planId: plan })
      await submitForm(url, { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' })
    },
    async contradictions(allDelivered) {
      const rows = platformEnvelopes(platformFile)
      const found: string[] = []
      for (const { dataDir, acknowledged, masterKeyRecord } of devices) {
        found.push(...(await contradictions({ acknowledged, dataDir, masterKeyRecord, platform: rows, allDelivered })))
      }
      return found
    },
    miscounts: () => miscounts(platformFile),
    async close() {
      for (const device of devices) await device.end()
      await sandbox.stop()
      rmSync(folder, { recursive: true, force: true })
      // A platform that failed at something would make every test here prove less than it says.
      if (failures.length > 0) throw new AggregateError(failures, 'the sandbox failed at something')
    },
  }
}

/** One console: an engine on its data folder behind its own proxy. It can be stopped and started again. */
export class Device {
  readonly dataDir: string
  readonly clock: FlowingClock = flowingClock()
  readonly events: ConsoleEvent[] = []
  readonly reports: string[] = []
  readonly secrets = new Map<string, string>()
  readonly acknowledged: Acknowledged[] = []
  workspaceId = ''
  agent = { id: '', secret: '' }
  readonly #sandboxUrl: string
  readonly #random: () => number
  readonly #seed: number
  #proxy: FaultProxy | null = null
  #engine: Engine | null = null
  #router: Router | null = null

  constructor(parts: { dataDir: string; sandboxUrl: string; seed: number; random?: () => number }) {
    this.dataDir = parts.dataDir
    this.#sandboxUrl = parts.sandboxUrl
    this.#seed = parts.seed
    this.#random = parts.random ?? seeded(parts.seed)
  }

  get proxy(): FaultProxy {
    return present(this.#proxy, 'the proxy')
  }

  get masterKeyRecord(): string {
    return present(this.secrets.get('master-key'), 'the master key')
  }

  /** Signs in and makes one agent, over a network without faults. */
  async begin(token: string): Promise<void> {
    this.#proxy = await startFaultProxy({ target: this.#sandboxUrl, seed: this.#seed })
    await this.start()
    this.workspaceId = (await this.call('workspaces.add', { url: this.proxy.url, token })).id
    await this.until(async () => (await this.connection()).live === 'stream', 'the event stream')
    const { subKey, secret } = await this.call('subKeys.create', { workspaceId: this.workspaceId, name: 'agent' })
    this.agent = { id: subKey.id, secret }
  }

  async start(): Promise<void> {
    const secrets = memorySecrets(this.secrets)
    const engine = await startEngine({
      options: {
        dataDir: this.dataDir,
        host: 'web',
        version: '0.0.0-test',
        firstWorkspaces: [],
        // Its pages are named as it is reached.
        trustedLoopbackOrigins: [this.proxy.url],
        secretsProtectedBy: secrets.protectedBy,
        intakePort: 0,
      },
      secrets,
      clock: this.clock,
      random: this.#random,
      emit: (event) => this.events.push(event),
      report: (line) => this.reports.push(line),
    })
    this.#engine = engine
    // Through the router, as a window asks: what breaks the contract under faults is a failure too.
    this.#router = createRouter({ call: engine.call, report: (line) => this.reports.push(line) })
  }

  async stop(): Promise<void> {
    const engine = this.#engine
    this.#engine = null
    await engine?.stop()
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  async end(): Promise<void> {
    await this.stop()
    await this.#proxy?.close()
  }

  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const result = await present(this.#router, 'the engine').handle(name, input)
    if (!result.ok) throw new CallRefused(result.error.code, result.error.message)
    return outputs[name].output.parse(result.value)
  }

  async connection(): Promise<CallOutput<'workspaces.list'>[number]['connection']> {
    const workspaces = await this.call('workspaces.list', {})
    return present(
      workspaces.find(({ id }) => id === this.workspaceId),
      'the workspace',
    ).connection
  }

  /** Writes as an agent does, and remembers what it was told. @throws when the intake answers anything but 201. */
  async write(memoryId: string, bytes: Uint8Array<ArrayBuffer> = randomBytes(512), secret = this.agent.secret): Promise<Acknowledged> {
    const answer = await fetch(`http://127.0.0.1:${present(this.#engine, 'the engine').intakePort}/v1/memories`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret}`, 'Tidemark-Memory-Id': encodeURIComponent(memoryId), 'Content-Type': 'text/plain' },
      body: bytes,
    })
    const body: unknown = await answer.json()
    if (answer.status !== 201) throw new Error(`the intake answered ${answer.status} ${JSON.stringify(body)}`)
    const told = acknowledgement(memoryId, bytes, body)
    this.acknowledged.push(told)
    return told
  }

  /** One request and one transaction, so that all of them leave in one push, however slow this computer is. */
  async writeTogether(memoryIds: readonly string[]): Promise<Acknowledged[]> {
    const memories = memoryIds.map((id) => ({ id, content_type: 'text/plain', bytes: randomBytes(512) }))
    const answer = await fetch(`http://127.0.0.1:${present(this.#engine, 'the engine').intakePort}/v1/memories/batch`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.agent.secret}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ memories: memories.map(({ bytes, ...memory }) => ({ ...memory, content_base64: bytes.toString('base64') })) }),
    })
    const body: unknown = await answer.json()
    if (answer.status !== 201 || typeof body !== 'object' || body === null || !('results' in body) || !Array.isArray(body.results))
      throw new Error(`the intake answered ${answer.status} ${JSON.stringify(body)}`)
    const { results } = body
    const told = memories.map(({ id, bytes }, index) => acknowledgement(id, bytes, results[index]))
    this.acknowledged.push(...told)
    return told
  }

  /** Writes one memory of each name, fifty at once. */
  async writeAll(memoryIds: readonly string[]): Promise<Acknowledged[]> {
    const told: Acknowledged[] = []
    for (let at = 0; at < memoryIds.length; at += 50) told.push(...(await Promise.all(memoryIds.slice(at, at + 50).map((memoryId) => this.write(memoryId)))))
    return told
  }

  get intakePort(): number {
    return present(this.#engine, 'the engine').intakePort
  }

  /** How many envelopes are in each state, read from outbox.db. */
  states(): Partial<Record<ItemState, number>> {
    const counts: Partial<Record<ItemState, number>> = {}
    for (const { state } of queueItems(this.dataDir)) counts[state] = (counts[state] ?? 0) + 1
    return counts
  }

  isDelivered(): boolean {
    const { delivered = 0, discarded = 0 } = this.states()
    return delivered + discarded === queueItems(this.dataDir).length
  }

  /** Waits for a condition; `jumpMs` moves the clock ahead at each look, so that back-offs pass at once. */
  async until(condition: () => boolean | Promise<boolean>, what: string, { jumpMs = 0, withinMs = 30_000 } = {}): Promise<void> {
    const deadline = performance.now() + withinMs
    while (!(await condition())) {
      if (performance.now() > deadline) {
        throw new Error(
          `${what} did not come within ${withinMs} ms; ${JSON.stringify(this.states())} ${JSON.stringify(await this.connection())} ${this.reports.slice(-5).join(' | ')}`,
        )
      }
      if (jumpMs > 0) this.clock.jump(jumpMs)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

export class CallRefused extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

export function acknowledgement(memoryId: string, bytes: Uint8Array, body: unknown): Acknowledged {
  if (typeof body !== 'object' || body === null || !('envelope_id' in body) || !('revision' in body)) throw new Error('the intake did not say what it stored')
  return { memoryId, envelopeId: String(body.envelope_id), revision: Number(body.revision), contentSha256: sha256(bytes) }
}

export async function tenantToken(sandboxUrl: string): Promise<string> {
  const members = sandboxMembersResponse.parse(await (await fetch(`${sandboxUrl}/sandbox/members`)).json())
  return present(members.find(({ catalog, role }) => catalog === 'layer-a' && role === 'tenant_admin')?.token, 'a tenant admin')
}

/**
 * Counts the platform's rows anew and compares them with its counters and limits. `restorePages`: so many were asked for; each that carried
 * envelopes is an operation too, of which no row tells.
 */
export function miscounts(platformFile: string, restorePages = 0): string[] {
  const rows = platformEnvelopes(platformFile)
  const counters = platformCounters(platformFile)
  const found: string[] = []
  const expect = (metric: string, counted: number, uncertain = 0): void => {
    const counter = counters.get(metric)
    const beyond = (counter?.used ?? Number.NaN) - counted
    if (!(beyond >= 0 && beyond <= uncertain)) found.push(`${metric}: the platform counts ${counter?.used}, there are ${counted}`)
    if (counter && counter.limit >= 0 && counter.used > counter.limit) found.push(`${metric}: ${counter.used} is over the limit of ${counter.limit}`)
  }
  for (const { id, sizeBytes, sha256: named, ciphertext } of rows) {
    if (ciphertext.length !== sizeBytes || sha256(ciphertext) !== named) found.push(`${id} is stored with other bytes than it names`)
  }
  expect(
    'encrypted_bytes',
    rows.reduce((sum, { ciphertext }) => sum + ciphertext.length, 0),
  )
  // One push of a device stores all of its envelopes at one moment, and a device sends one push at a time.
  const period = periodStart(platformFile)
  const pushes = new Set(rows.filter(({ storedAt }) => storedAt >= period).map(({ deviceId, storedAt }) => `${deviceId} ${storedAt}`))
  expect('sync_operations', pushes.size, restorePages)
  return found
}

function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`${what} is not there`)
  return value
}
