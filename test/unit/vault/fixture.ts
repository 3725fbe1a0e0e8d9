import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import type { SecretStore } from '../../../main/bridge/messages.ts'
import type { Clock } from '../../../main/engine/base/clock.ts'
import { type Vault, type VaultOptions, type VaultStatus, createVault } from '../../../main/engine/vault/vault.ts'

const schema = readFileSync(new URL('../../../main/engine/store/migrations/outbox/0002-sub-keys.sql', import.meta.url), 'utf8')

export function memoryDatabase(): BetterSqlite3.Database {
  const db = new BetterSqlite3(':memory:')
  db.exec(schema)
  return db
}

export function memorySecrets(): SecretStore & { values: Map<string, string> } {
  const values = new Map<string, string>()
  return {
    values,
    protectedBy: 'the test',
    get: async (key) => values.get(key) ?? null,
    set: async (key, value) => {
      if (value === null) values.delete(key)
      else values.set(key, value)
    },
  }
}

/** Time stands still until `step`; what falls due then runs, in order. */
export function manualClock(start = 1_800_000_000_000): Clock & { step(ms: number): void; waiting(): number[] } {
  let now = start
  let timers: { at: number; work: () => void }[] = []
  return {
    now: () => now,
    monotonic: () => now - start,
    after(delayMs, work) {
      const timer = { at: now + delayMs, work }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    step(ms) {
      now += ms
      const due = timers.filter((timer) => timer.at <= now).sort((left, right) => left.at - right.at)
      timers = timers.filter((timer) => timer.at > now)
      for (const timer of due) timer.work()
    },
    waiting: () => timers.map((timer) => timer.at - now),
  }
}

export type TestVault = { vault: Vault; secrets: ReturnType<typeof memorySecrets>; db: BetterSqlite3.Database; seen: VaultStatus[] }

export function testVault(changes: Partial<VaultOptions> & { secrets?: ReturnType<typeof memorySecrets> } = {}): TestVault {
  const secrets = changes.secrets ?? memorySecrets()
  const db = changes.db ?? memoryDatabase()
  const seen: VaultStatus[] = []
  const vault = createVault({
    clock: manualClock(),
    randomBytes,
    emit: (status) => seen.push(status),
    hasEnvelopes: () => false,
    undeliveredCount: () => 0,
    addressOf: () => null,
    workspaceAt: () => null,
    ...changes,
    secrets,
    db,
  })
  return { vault, secrets, db, seen }
}
