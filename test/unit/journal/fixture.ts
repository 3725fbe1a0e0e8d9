import { createHash } from 'node:crypto'
import type { JournalEntry } from '../../../main/engine/journal/entry.ts'
import type { AliveCheck, JournalWrite } from '../../../main/engine/journal/journal.ts'

/** An envelope of this place in the queue; the same for the same numbers. */
export function envelopeWrite(sequence: number, sizeBytes = 40, mark = 0): JournalWrite {
  const ciphertext = Buffer.alloc(sizeBytes)
  for (let at = 0; at < sizeBytes; at += 1) ciphertext[at] = (sequence * 31 + at * 7 + mark * 13) & 0xff
  const entry: JournalEntry = {
    account: { platformId: '22222222-0000-4000-8000-000000000002', url: 'http://127.0.0.1:8787' },
    workspaceId: '11111111-0000-4000-8000-000000000001',
    kind: 'envelope',
    lane: `memory:${'ab'.repeat(32)}`,
    sequence,
    revision: 1,
    id: entryId(sequence),
    replaces: sequence % 2 === 0 ? [] : ['0198c0de-0000-7000-8000-0000000000aa', '0198c0de-0000-7000-8000-0000000000bb'],
    subKeyId: '33333333-0000-4000-8000-000000000003',
    createdAt: 1_764_000_000_000 + mark,
    sizeBytes,
    sha256: createHash('sha256').update(ciphertext).digest('hex'),
    payload: null,
  }
  return { entry, ciphertext }
}

export function settingWrite(sequence: number, value: string): JournalWrite {
  const { entry } = envelopeWrite(sequence)
  return {
    entry: { ...entry, kind: 'setting', lane: 'setting:theme', sizeBytes: 0, sha256: null, subKeyId: null, payload: JSON.stringify({ key: 'theme', value }) },
    ciphertext: null,
  }
}

export function entryId(sequence: number): string {
  return `00000000-0000-7000-8000-${String(sequence).padStart(12, '0')}`
}

/** A queue in which these are owed; each ciphertext of 40 bytes unless said. */
export function owing(sequences: Iterable<number>, sizeBytes = 40): AliveCheck & { owed: Set<number> } {
  const owed = new Set(sequences)
  return {
    owed,
    aliveIn(first, last) {
      const count = [...owed].filter((sequence) => sequence >= first && sequence <= last).length
      return { count, sizeBytes: count * sizeBytes }
    },
    amongUndelivered: (some) => new Set(some.filter((sequence) => owed.has(sequence))),
  }
}
