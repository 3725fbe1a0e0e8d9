import { hash } from 'node:crypto'
import type { StoredEnvelope } from '../../../main/engine/outbox/item.ts'
import { EnvelopeStoreError } from '../../../main/engine/vault/errors.ts'
import type { EnvelopeStore } from '../../../main/engine/vault/envelopes/envelope-store.ts'

export function stored(sequence: number, sizeBytes = 4): StoredEnvelope {
  const ciphertext = Buffer.from(String(sequence).padStart(4, '0'))
  return {
    id: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
    workspaceId: '11111111-0000-4000-8000-000000000001',
    sequence,
    memoryRef: 'ab'.repeat(32),
    revision: 1,
    subKeyId: null,
    createdAt: 1,
    sizeBytes,
    sha256: hash('sha256', ciphertext),
    ciphertext,
  }
}

export type FakeStore = {
  store: EnvelopeStore
  rows: Map<string, StoredEnvelope>
  fail: { upsert: boolean; sync: boolean; read: boolean }
  due: { atRest: boolean }
}

/** An envelope store in memory that writes down what is asked of it. */
export function fakeStore(log: string[]): FakeStore {
  const rows = new Map<string, StoredEnvelope>()
  const fail = { upsert: false, sync: false, read: false }
  const due = { atRest: false }
  const inRange = (first: number, last: number) =>
    [...rows.values()].filter((row) => row.sequence >= first && row.sequence <= last).sort((left, right) => left.sequence - right.sequence)
  const refuse = (failing: boolean) => {
    if (failing) throw new EnvelopeStoreError('refused', 'error')
  }
  let suspicion: ReturnType<EnvelopeStore['suspicion']> = null
  const listeners: ((why: NonNullable<typeof suspicion>) => void)[] = []
  const store: EnvelopeStore = {
    suspicion: () => suspicion,
    suspect(why) {
      suspicion = why
      for (const listener of listeners) listener(why)
    },
    onSuspected: (listener) => void listeners.push(listener),
    async mend() {
      log.push('mend')
    },
    trust() {
      suspicion = null
    },
    exists: () => rows.size > 0,
    async upsert(envelopes) {
      refuse(fail.upsert)
      log.push(`upsert ${envelopes.length}`)
      for (const envelope of envelopes) rows.set(envelope.id, envelope)
    },
    async sync() {
      refuse(fail.sync)
      log.push('sync')
    },
    async readMany(ids) {
      log.push(`ids ${ids.length}`)
      return new Map(ids.flatMap((id) => (rows.has(id) ? [[id, rows.get(id) ?? stored(0)] as const] : [])))
    },
    readOne: async (id) => rows.get(id) ?? null,
    idsBetween: async (first, last) => inRange(first, last),
    async sizesBetween(first, last) {
      return inRange(first, last)
    },
    async ciphertextBetween(first, last) {
      refuse(fail.read)
      log.push(`range ${first}-${last}`)
      return inRange(first, last)
    },
    async ciphertextAt(sequences) {
      refuse(fail.read)
      log.push(`at ${sequences.length}`)
      return [...rows.values()].filter((row) => sequences.includes(row.sequence))
    },
    async ciphertextApart(sequences) {
      refuse(fail.read)
      return [...rows.values()].filter((row) => sequences.includes(row.sequence))
    },
    async remove(ids) {
      for (const id of ids) rows.delete(id)
    },
    highestSequence: async () => Math.max(0, ...[...rows.values()].map((row) => row.sequence)),
    count: async () => rows.size,
    bytes: async () => [...rows.values()].reduce((sum, row) => sum + row.sizeBytes, 0),
    diskBytes: async () => 1000,
    compactionDue: async (atRest) => atRest && due.atRest,
    async compact() {
      log.push('compact')
      due.atRest = false
    },
    close: async () => undefined,
  }
  return { store, rows, fail, due }
}
