/** Rows of one memory that a salvage lost come back from the journal into their places, whichever they were. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JournalEntry } from '../../../../main/engine/journal/entry.ts'
import { repairQueue } from '../../../../main/engine/outbox/recovery/queue-repair.ts'
import { openDatabase } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { AGENT, draft, memoryRef, openDesk, steppedClock, temporaryFolder, WORKSPACE } from '../fixture.ts'

const WRITES = 6

test('each comes back in its place, and a further write of the memory finds its way through all of them', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: WRITES, maxLength: WRITES }), fc.boolean(), (lost, isBackwards) => {
      const folder = temporaryFolder()
      const clock = steppedClock()
      const before = openDesk(folder.path, clock)
      before.outbox.enqueueEnvelopes(Array.from({ length: WRITES }, () => draft('a')))
      const rows = before.outbox.page(WORKSPACE, { kinds: ['envelope'] }, null, 200).rows.toReversed()
      const entries = rows.map(
        ({ id, revision }, index): JournalEntry => ({
          account: null,
          workspaceId: WORKSPACE,
          kind: 'envelope',
          lane: `memory:${memoryRef('a')}`,
          sequence: index + 1,
          revision,
          id,
          replaces: [],
          subKeyId: AGENT,
          createdAt: 0,
          sizeBytes: 64,
          sha256: 'ab'.repeat(32),
          payload: null,
        }),
      )
      before.close()

      const path = `${folder.path}/outbox.db`
      const database = openDatabase({ path, migrations: migrations.outbox, synchronous: 'full', returnsSpace: true })
      for (const { sequence } of entries.filter((_, index) => lost[index])) {
        database.prepare('DELETE FROM item WHERE sequence = ?').run(sequence)
        database.prepare('DELETE FROM stage WHERE sequence = ?').run(sequence)
      }
      repairQueue(database)
      database.close()

      const after = openDesk(folder.path, clock)
      const missing = entries.filter((_, index) => lost[index])
      for (const entry of isBackwards ? missing.toReversed() : missing) {
        expect(after.outbox.restoreEntries([{ entry, workspaceId: WORKSPACE, ciphertext: Buffer.alloc(64) }])).toBe(1)
      }
      const [further] = after.outbox.enqueueEnvelopes([draft('a')])
      expect(further?.ok).toBe(true)
      const back = after.outbox.page(WORKSPACE, { kinds: ['envelope'] }, null, 200).rows.toReversed()
      expect(back.slice(0, WRITES).map(({ id }) => id)).toEqual(entries.map(({ id }) => id))
      // Only the first may leave: each waits for the one before it.
      const queue = after.outbox.deliveryQueue(WORKSPACE)
      expect(queue?.ready('envelope', 'pending', { count: 100, sizeBytes: 1e9 }).items.map(({ item }) => item.id)).toEqual([entries[0]?.id])
      after.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('a'))
      expect(after.outbox.latest(WORKSPACE, memoryRef('a'))).toBeNull()
      after.close()
      folder.remove()
    }),
    {
      numRuns: 25,
      examples: [
        [[true, true, false, false, false, false], false],
        [Array(WRITES).fill(true), false],
        [Array(WRITES).fill(true), true],
      ],
    },
  )
})
