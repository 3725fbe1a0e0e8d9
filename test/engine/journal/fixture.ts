import { createJournalKeeper, type JournalKeeper } from '../../../main/engine/journal/journal-keeper.ts'
import { type Journal, openJournal } from '../../../main/engine/journal/journal.ts'
import type { CiphertextReader } from '../../../main/engine/outbox/item.ts'
import { compareWithJournal } from '../../../main/engine/outbox/recovery/journal-comparison.ts'
import type { EnvelopeStore } from '../../../main/engine/vault/envelopes/envelope-store.ts'
import { createCiphertextReader } from '../../../main/engine/vault/envelopes/ciphertext-reader.ts'
import { createMover, type Mover } from '../../../main/engine/vault/envelopes/mover.ts'
import { type Desk, openDesk, type SteppedClock } from '../outbox/fixture.ts'

export type JournaledDesk = Desk & {
  journal: Journal
  keeper: JournalKeeper
  mover: Mover
  /** What went wrong, and what was told. */
  said: string[]
  /** How many came back at the start. */
  restored: number
  reader: CiphertextReader
}

export const ACCOUNT = { platformId: '99999999-9999-4999-8999-999999999999', url: 'https://platform.example' }

/** The queue with its journal and its mover, put together as the engine does; nothing runs by itself before `start`. */
export async function openJournaled(
  folder: string,
  clock: SteppedClock,
  store: EnvelopeStore,
  options: { whole?: boolean; journal?: (journal: Journal) => Journal; atRest?: (desk: Desk) => Promise<void>; wasBegun?: boolean } = {},
): Promise<JournaledDesk> {
  const desk = openDesk(folder, clock)
  const opened = await openJournal({ dataDir: folder, clock })
  const journal = options.journal?.(opened) ?? opened
  const { outbox } = desk
  const said: string[] = []
  const restored = await compareWithJournal({ journal, outbox, workspaceOf: ({ workspaceId }) => workspaceId }, options.whole ?? false)
  const reader = createCiphertextReader(outbox.stage, store, journal)
  const mover: Mover = createMover({
    stage: outbox.stage,
    store,
    clock,
    failed: (error) => said.push(`mover: ${String(error)}`),
    roomFor: () => true,
    dropped: () => keeper.wantRest(),
    journal: { through: () => keeper.through(), owed: outbox.undelivered.amongUndelivered },
  })
  let begun = options.wasBegun ?? !journal.wasMissing
  const keeper: JournalKeeper = createJournalKeeper({
    journal,
    queue: outbox.undelivered,
    read: reader.read,
    accountOf: () => ACCOUNT,
    clock,
    wasBegun: () => begun,
    begun() {
      begun = true
    },
    failed: (error) => said.push(`journal: ${String(error)}`),
    succeeded: () => undefined,
    passed: () => mover.journaled(),
    rebuilt: ({ writes, unreadable, keptAs }) => said.push(`rebuilt ${writes}, ${unreadable} unreadable, kept ${keptAs.length}`),
    queueAgain: async () => undefined,
    atRest: () => options.atRest?.(desk) ?? Promise.resolve(),
  })
  outbox.subscribe((_, news) => {
    if (news === 'enqueued') mover.notify(1)
    keeper.notify()
  })
  return { ...desk, journal, keeper, mover, said, restored, reader }
}
