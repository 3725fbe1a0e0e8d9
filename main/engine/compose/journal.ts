import type { Clock } from '../base/clock.ts'
import type { Warnings } from '../base/warnings.ts'
import { createJournalKeeper, type JournalKeeper } from '../journal/journal-keeper.ts'
import type { Journal } from '../journal/journal.ts'
import type { CiphertextReader } from '../outbox/item.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { compareWithJournal, type JournalComparison, queueAgain } from '../outbox/recovery/journal-comparison.ts'
import type { DiskGuard } from '../store/disk-space.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import { returnSpace } from '../store/space-return.ts'
import type { Stores } from '../store/stores.ts'
import type { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import type { Mover } from '../vault/envelopes/mover.ts'

export type JournalNeeds = {
  journal: Journal
  stores: Pick<Stores, 'outbox' | 'cache' | 'egress' | 'salvaged'>
  local: LocalSettings
  registry: WorkspaceRegistry
  outbox: Outbox
  reader: CiphertextReader
  mover: () => Pick<Mover, 'journaled' | 'again'>
  /** Puts ciphertext that is still owed into the store of envelopes, where that lacks it. */
  refill: () => Promise<void>
  disk: DiskGuard
  warnings: Warnings
  clock: Clock
  report: (line: string) => void
}

export type JournalParts = {
  keeper: JournalKeeper
  /** Before anything is queued: queues again what only the journal knows. */
  recover(): Promise<void>
  /** It came through `recover`: what the journal alone had lies in its places again. */
  isRecovered(): boolean
}

/** In outbox.db: an empty folder of the journal means damage from then on, not a beginning. */
const BEGUN = 'journal_begun'

export function composeJournal(needs: JournalNeeds): JournalParts {
  const { journal, stores, local, registry, outbox, reader, mover, refill, disk, warnings, clock, report } = needs
  const comparison: JournalComparison = { journal, outbox, workspaceOf: (entry) => workspaceOf(registry, entry) }
  let isBegun = local.get(BEGUN) !== null
  let isRecovered = false

  function queuedAgain(count: number): void {
    if (count === 0) return
    report(`${count} writes that only the journal knew were queued again`)
    mover().again()
  }

  async function isRefilled(): Promise<boolean> {
    try {
      await refill()
      return true
    } catch (error) {
      // The journal itself is read as long as they are owed; the next start tries again.
      report(`Envelopes: ${error instanceof Error ? error.message : 'not refilled'}`)
      return false
    }
  }

  return {
    isRecovered: () => isRecovered,
    keeper: createJournalKeeper({
      journal,
      queue: outbox.undelivered,
      read: (items) => reader.read(items),
      accountOf(workspaceId) {
        const record = registry.find(workspaceId)
        return record === null ? null : { platformId: record.platformId, url: record.url }
      },
      clock,
      wasBegun: () => isBegun,
      begun() {
        if (isBegun) return
        local.set(BEGUN, 'yes')
        isBegun = true
      },
      failed(error) {
        if (disk.noteWriteError(error)) return
        report(`Journal: ${error instanceof Error ? error.message : 'failed'}`)
        warnings.set({
          kind: 'journal_unwritable',
          at: clock.now(),
          text: 'The journal of undelivered writes (folder undelivered) cannot be written. Agents can still write and nothing is lost: until it works again outbox.db holds these writes alone. Check the disk and the rights of the data folder; it is tried again by itself.',
        })
      },
      succeeded: () => warnings.clear('journal_unwritable'),
      passed: () => mover().journaled(),
      rebuilt: ({ writes, unreadable, keptAs }) => warnings.set({ kind: 'journal_rebuilt', at: clock.now(), text: rebuiltText(writes, unreadable, keptAs) }),
      async queueAgain(isStopped) {
        queuedAgain(await queueAgain({ ...comparison, isStopped }, 1))
      },
      async atRest() {
        for (const database of [stores.outbox, stores.cache, stores.egress]) {
          await returnSpace(database).catch((error: unknown) => report(`Space: ${error instanceof Error ? error.message : 'not returned'}`))
        }
      },
    }),
    async recover() {
      const count = await compareWithJournal(comparison, stores.salvaged)
      // A row that was saved may have lost its ciphertext, which the journal lets go of with the delivery.
      isRecovered = !stores.salvaged || (await isRefilled())
      if (count === 0) return
      queuedAgain(count)
      // What was done to outbox.db before is said already; this belongs to it.
      const said = stores.salvaged ? warnings.list().find(({ kind }) => kind === 'restore_copy' || kind === 'salvaged') : undefined
      if (said) warnings.set({ ...said, text: `${said.text} ${count} writes that it lacked were queued again from the journal.` })
      else
        warnings.set({
          kind: 'restore_copy',
          at: clock.now(),
          text: `outbox.db or its log was damaged: ${count} writes that it had lost were queued again from the journal of undelivered writes. Nothing needs to be done; a write that had arrived already is not stored twice. Check this computer’s disk.`,
        })
    },
  }
}

/** The workspace may have come back under another id. Removed by a person: what it queued went with it. */
function workspaceOf(registry: WorkspaceRegistry, entry: Parameters<JournalComparison['workspaceOf']>[0]): string | null {
  if (registry.find(entry.workspaceId) !== null) return entry.workspaceId
  const known = entry.account === null ? null : registry.findAccount(entry.account.platformId, entry.account.url)
  // Lost with outbox.db: its token may still be here, and its writes name it.
  if (known === null && entry.account !== null) registry.reinstate(entry.workspaceId, entry.account)
  if (known === null) return entry.workspaceId
  return registry.find(known.id) === null ? null : known.id
}

function rebuiltText(writes: number, unreadable: number, keptAs: readonly string[]): string {
  const again = `${writes} undelivered ${writes === 1 ? 'write was' : 'writes were'} missing in the journal (folder undelivered) and ${writes === 1 ? 'was' : 'were'} written to it again; nothing was lost.`
  const lost = unreadable === 0 ? '' : ` The ciphertext of ${unreadable} could not be read anywhere on this computer.`
  const kept = keptAs.length === 0 ? '' : ` What was damaged is kept as ${keptAs.join(', ')} in that folder.`
  return `${again}${lost}${kept} Check this computer’s disk.`
}
