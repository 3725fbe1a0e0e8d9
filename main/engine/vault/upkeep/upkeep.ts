import type { Clock } from '../../base/clock.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import type { Database } from '../../store/database.ts'
import type { EnvelopeStore } from '../envelopes/envelope-store.ts'
import { readVersion } from '../envelopes/version-fronts.ts'
import { applyRetention } from './retention.ts'
import { sweepEnvelopes } from './sweep.ts'
import type { Vault } from '../vault.ts'
import { createVaultRecords } from '../keys/vault-records.ts'

/** After the first page has long been drawn. */
const SWEEP_AFTER_MS = 5_000
const SWEEP_AGAIN_AFTER_MS = 1_000
const PRUNE_AFTER_MS = 120_000
const DAILY_MS = 24 * 3_600_000
/** Delivered rows are shown for so long in the Outbox. */
const DELIVERED_KEPT_MS = 90 * DAILY_MS
const SAVE_LAST_WRITES_MS = 30_000

export type Upkeep = {
  /**
   * Before anything is queued, where outbox.db was mended: versions whose rows and numbers were lost come back from the table, or what is
   * written next would be given the number of one that was written before.
   */
  recover(): Promise<void>
  start(): void
  /** Accounts were added, or brought back: what belongs to them is looked for again. */
  accountsChanged(): void
  /** Resolves when the piece of work in hand is done; the stores may be closed then. */
  stop(): Promise<void>
}

/** What keeps the stores in order in the background; none of it is needed for a page or a push. */
export function createUpkeep(parts: {
  outbox: Outbox
  envelopes: EnvelopeStore
  vault: Vault
  database: Database
  clock: Clock
  report: (line: string) => void
  noteFault: (where: string, error: unknown) => void
  hasWorkspace: (workspaceId: string) => boolean
  /** So many writes came back that outbox.db had lost. */
  queuedAgain: (count: number) => void
  /** outbox.db was mended or put back: compare every envelope, not only the newest. */
  isFullSweep: boolean
  /** Every envelope was compared. Not called when that was cut off, or failed. */
  fullySwept: () => void
}): Upkeep {
  const { outbox, envelopes, vault, clock, report, noteFault } = parts
  const cancels = new Set<() => void>()
  const running = new Set<Promise<void>>()
  let stopped = false
  /** There were envelopes of accounts that are not known here. */
  let isIncomplete = false
  let mustSweepAll = parts.isFullSweep

  function after(delayMs: number, what: string, work: () => Promise<void> | void): void {
    const cancel = clock.after(delayMs, () => {
      cancels.delete(cancel)
      if (stopped) return
      const done = Promise.resolve()
        .then(work)
        .catch((error: unknown) => noteFault(what, error))
        .finally(() => running.delete(done))
      running.add(done)
    })
    cancels.add(cancel)
  }

  async function sweep(): Promise<void> {
    const records = createVaultRecords(parts.database)
    const requeue = (list: Parameters<Parameters<typeof sweepEnvelopes>[0]['requeue']>[0]): void => {
      for (const envelope of list) outbox.requeue({ ...envelope, ...readVersion(vault, envelope, envelope.ciphertext) })
    }
    const { hasWorkspace } = parts
    const isFull = mustSweepAll || isIncomplete
    const swept = await sweepEnvelopes({ store: envelopes, records, known: outbox.known, requeue, hasWorkspace, isStopped: () => stopped }, isFull)
    isIncomplete = swept.homeless > 0
    if (isFull && !stopped) {
      mustSweepAll = false
      parts.fullySwept()
    }
    if (swept.count > 0) {
      report(`${swept.count} envelopes without a row in the queue were queued again`)
      parts.queuedAgain(swept.count)
    }
    if (isIncomplete) report(`${swept.homeless} envelopes belong to accounts that are not known here; they are queued again when their account is added`)
  }

  async function daily(): Promise<void> {
    after(DAILY_MS, 'Upkeep', daily)
    // Before rows are pruned: they tell what superseded what.
    const { supersededBefore, supersededRemoved } = outbox
    await applyRetention({ store: envelopes, supersededBefore, removed: supersededRemoved }, clock.now(), () => stopped)
    if (!stopped) await outbox.pruneDelivered(clock.now() - DELIVERED_KEPT_MS)
  }

  function saveLastWrites(): void {
    after(SAVE_LAST_WRITES_MS, 'Last writes', saveLastWrites)
    vault.subKeys.saveLastWrites()
  }

  return {
    async recover() {
      // A table that cannot be read is mended in the background, and swept after that.
      if (mustSweepAll) await sweep().catch((error: unknown) => noteFault('Comparing the stores', error))
    },
    start() {
      after(SWEEP_AFTER_MS, 'Comparing the stores', sweep)
      after(PRUNE_AFTER_MS, 'Upkeep', daily)
      after(SAVE_LAST_WRITES_MS, 'Last writes', saveLastWrites)
    },
    accountsChanged() {
      if (isIncomplete && !stopped) after(SWEEP_AGAIN_AFTER_MS, 'Comparing the stores', sweep)
    },
    async stop() {
      stopped = true
      for (const cancel of cancels) cancel()
      await Promise.all(running)
    },
  }
}
