import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { SecretStore } from '../../../main/bridge/messages.ts'
import type { Clock } from '../../../main/engine/base/clock.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { DeviceIdentity } from '../../../main/engine/sync/accounts/device-identity.ts'
import { Documents } from '../../../main/engine/sync/documents/documents.ts'
import { createBigAnswers } from '../../../main/engine/sync/client/big-answers/big-answers.ts'
import { EgressLog } from '../../../main/engine/sync/client/egress-log.ts'
import { createPlatformClient, type HttpPlatformClient } from '../../../main/engine/sync/client/http-platform-client.ts'
import { type FindProxy, Network, type ProxyEnvironment } from '../../../main/engine/sync/client/network.ts'
import type { RestoredEnvelope } from '../../../main/engine/sync/restore.ts'
import { createSync, type Sync } from '../../../main/engine/sync/sync.ts'
import { Tokens } from '../../../main/engine/sync/accounts/tokens.ts'
import { WorkspaceRegistry } from '../../../main/engine/sync/accounts/workspace-registry.ts'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'

export const TOKEN = 'token-of-the-test-0123456789'

export class MemorySecrets implements SecretStore {
  readonly protectedBy = 'nothing: a test'
  readonly values = new Map<string, string>()

  async get(key: string): Promise<string | null> {
    return this.values.get(key) ?? null
  }

  async set(key: string, value: string | null): Promise<void> {
    if (value === null) this.values.delete(key)
    else this.values.set(key, value)
  }
}

export type TestConsole = {
  dataDir: string
  outbox: Database
  cache: Database
  egressDatabase: Database
  registry: WorkspaceRegistry
  documents: Documents
  egress: EgressLog
  secrets: MemorySecrets
  device: DeviceIdentity
  client: HttpPlatformClient
  sync: Sync
  events: ConsoleEvent[]
  counters: string[]
  online: string[]
  restored: RestoredEnvelope[]
  forked: { workspaceId: string; deviceId: string }[]
  restorePages: string[]
  /** Rows of big answers, part by part. */
  bigParts: number[]
  /** Closes everything; the data folder stays for the next `openConsole`. */
  close(): Promise<void>
}

/** The sync part of an engine on real files; pass the `dataDir` of an earlier one to start again on it. */
export function openConsole(
  clock: Clock,
  options: {
    dataDir?: string
    environment?: ProxyEnvironment
    findProxy?: FindProxy
    authorities?: string[]
    trustedLoopbackOrigins?: string[]
    failRestore?: () => boolean
  } = {},
): TestConsole {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'tidemark-sync-'))
  const outbox = openDatabase({ path: path.join(dataDir, 'outbox.db'), migrations: migrations.outbox, synchronous: 'full' })
  const cache = openDatabase({ path: path.join(dataDir, 'cache.db'), migrations: migrations.cache, synchronous: 'normal' })
  const egressDatabase = openDatabase({ path: path.join(dataDir, 'egress.db'), migrations: migrations.egress, synchronous: 'normal' })
  const registry = new WorkspaceRegistry(outbox, clock)
  const documents = new Documents(cache, clock)
  const egress = new EgressLog(egressDatabase, clock)
  const secrets = secretsOf(dataDir)
  const tokens = new Tokens(secrets)
  const network = new Network(options.environment ?? {}, options.authorities, options.findProxy ?? null)
  const bigParts: number[] = []
  const bigAnswers = createBigAnswers(clock, (rows) => bigParts.push(rows))
  const client = createPlatformClient({ workspaces: registry, tokens, egress, network, bigAnswers, clock, versionLabel: 'Tidemark/test' })
  const device = new DeviceIdentity(outbox, clock, 'test-computer')
  const events: ConsoleEvent[] = []
  const counters: string[] = []
  const online: string[] = []
  const restored: RestoredEnvelope[] = []
  const restorePages: string[] = []
  const forked: { workspaceId: string; deviceId: string }[] = []
  const sync = createSync({
    outboxDatabase: outbox,
    registry,
    documents,
    device,
    tokens,
    client,
    egress,
    clock,
    histories: { noteWentBack: () => undefined, isOwed: () => false, run: async () => null },
    random: () => 0.5,
    trustedLoopbackOrigins: options.trustedLoopbackOrigins ?? [],
    emit: (event) => events.push(event),
    onCounters: (workspaceId) => counters.push(workspaceId),
    onOnline: (workspaceId) => online.push(workspaceId),
    onRestorePage: (workspaceId) => restorePages.push(workspaceId),
    onForked: (workspaceId, deviceId) => forked.push({ workspaceId, deviceId }),
    async onRestored(_, { envelopes }) {
      if (options.failRestore?.()) throw new Error('the disk is full')
      // Their memory goes when this is over.
      restored.push(...envelopes.map((envelope) => ({ ...envelope, ciphertext: Buffer.from(envelope.ciphertext) })))
    },
  })
  return {
    dataDir,
    outbox,
    cache,
    egressDatabase,
    registry,
    documents,
    egress,
    secrets,
    device,
    client,
    sync,
    events,
    counters,
    online,
    restored,
    restorePages,
    forked,
    bigParts,
    async close() {
      await sync.stop()
      await network.close()
      await bigAnswers.close()
      for (const database of [outbox, cache, egressDatabase]) database.close()
    },
  }
}

export function dropData(console: TestConsole): void {
  rmSync(console.dataDir, { recursive: true, force: true })
}

const secretsByFolder = new Map<string, MemorySecrets>()

/** A host's secret store outlives its engine. */
function secretsOf(dataDir: string): MemorySecrets {
  const secrets = secretsByFolder.get(dataDir) ?? new MemorySecrets()
  secretsByFolder.set(dataDir, secrets)
  return secrets
}

/** Waits in real time until `check` is true: answers come over real sockets even when the clock is stepped. */
export async function until(check: () => boolean, what = 'the condition', timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!check()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Time for what is already under way on the loopback. */
export async function settle(ms = 60): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

/** Moves a stepped clock on in small steps, with real time for the sockets in between, until `check` is true. Returns the stepped milliseconds. */
export async function drive(clock: { step(ms: number): void }, check: () => boolean, { stepMs = 50, maxMs = 600_000 } = {}): Promise<number> {
  let stepped = 0
  while (!check()) {
    if (stepped >= maxMs) throw new Error(`Nothing happened in ${maxMs} ms of stepped time`)
    clock.step(stepMs)
    stepped += stepMs
    await settle(4)
  }
  return stepped
}
