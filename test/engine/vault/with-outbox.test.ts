/** The vault's parts on the real outbox.db: seal, queue, move, read, restore from an older copy, sweep. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { type Outbox, createOutbox } from '../../../main/engine/outbox/outbox.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { createCiphertextReader } from '../../../main/engine/vault/envelopes/ciphertext-reader.ts'
import { type EnvelopeStore, createEnvelopeStore } from '../../../main/engine/vault/envelopes/envelope-store.ts'
import { createMover } from '../../../main/engine/vault/envelopes/mover.ts'
import { sweepEnvelopes } from '../../../main/engine/vault/upkeep/sweep.ts'
import { createVaultRecords } from '../../../main/engine/vault/keys/vault-records.ts'
import { testVault } from '../../unit/vault/fixture.ts'

const workspaceId = '11111111-0000-4000-8000-000000000001'
let dataDir = ''
let db: Database
let outbox: Outbox
let store: EnvelopeStore

function open(name: string): void {
  db = openDatabase({ path: join(dataDir, name), migrations: migrations.outbox, synchronous: 'full' })
  outbox = createOutbox({ database: db, clock: systemClock })
}

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-vault-'))
  open('outbox.db')
  store = createEnvelopeStore({ dataDir, clock: systemClock, warn: (text) => expect.unreachable(text) })
})
afterEach(async () => {
  outbox.close()
  db.close()
  await store.close()
  rmSync(dataDir, { recursive: true, force: true })
})

describe('an envelope on its way through this computer', () => {
  it('is sealed, queued, carried into the Lance table, read back and opened; a lost row is queued again', async () => {
    const { vault } = testVault({ db })
    await vault.initialise()
    const contents = Array.from({ length: 60 }, (_, index) => ({ memoryId: `memory ${index % 20}`, bytes: randomBytes(100 + index) }))
    const write = ({ memoryId, bytes }: (typeof contents)[number]) => {
      const memoryRef = vault.memoryRef(null, memoryId)
      const [made] = outbox.enqueueEnvelopes([
        {
          workspaceId,
          subKeyId: null,
          memoryRef,
          createdAt: systemClock.now(),
          seal: ({ id, revision, replaces }) =>
            vault.seal({ envelopeId: id, memoryRef, revision, subKeyId: null, memoryId, contentType: 'text/plain', bytes, deviceId: workspaceId, replaces }),
        },
      ])
      if (!made?.ok) throw made?.error
      return { ...made.value, memoryId, memoryRef, bytes }
    }
    const queued = contents.slice(0, 40).map(write)
    const mover = createMover({ stage: outbox.stage, store, clock: systemClock, failed: (error) => expect.unreachable(String(error)), roomFor: () => true })
    await mover.flush()
    expect(outbox.stage.waitingCount()).toBe(0)
    const records = createVaultRecords(db)
    const sweep = () =>
      sweepEnvelopes(
        { store, records, known: outbox.known, requeue: (list) => list.forEach(outbox.requeue), hasWorkspace: () => true, isStopped: () => false },
        false,
      )
    expect(await sweep()).toEqual({ count: 0, homeless: 0 })
    await db.backup(join(dataDir, 'older.db'))

    queued.push(...contents.slice(40).map(write))
    const reader = createCiphertextReader(outbox.stage, store)
    const check = async () => {
      const found = await reader.read(queued.map((item) => ({ ...item, sha256: null })))
      expect(found.size).toBe(60)
      for (const item of queued) {
        const opened = vault.open(item.id, item.memoryRef, item.revision, found.get(item.id) ?? Buffer.alloc(0))
        expect(opened.memoryId).toBe(item.memoryId)
        expect(Buffer.from(opened.bytes).equals(item.bytes)).toBe(true)
      }
    }
    // Forty from the table, twenty from outbox.db.
    await check()
    await mover.flush()
    await check()

    outbox.close()
    db.close()
    open('older.db')
    expect(outbox.known(queued.map((item) => item.id)).size).toBe(40)
    expect(
      await sweepEnvelopes(
        {
          store,
          records: createVaultRecords(db),
          known: outbox.known,
          requeue: (list) => list.forEach(outbox.requeue),
          hasWorkspace: () => true,
          isStopped: () => false,
        },
        false,
      ),
    ).toEqual({ count: 20, homeless: 0 })
    expect(outbox.known(queued.map((item) => item.id)).size).toBe(60)
    expect(await store.count()).toBe(60)
  })

  it('lies in the table once, also when it came back into outbox.db in another place', async () => {
    const drafts = ['a', 'b', 'c'].map((name) => ({
      workspaceId,
      subKeyId: null,
      memoryRef: createHash('sha256').update(name).digest('hex'),
      createdAt: 0,
      seal: () => randomBytes(100),
    }))
    const ids = outbox.enqueueEnvelopes(drafts).flatMap((made) => (made.ok ? made.value.id : []))
    const moverOf = () =>
      createMover({ stage: outbox.stage, store, clock: systemClock, failed: (error) => expect.unreachable(String(error)), roomFor: () => true })
    await moverOf().flush()
    const before = [...(await store.readMany(ids)).values()].sort((left, right) => left.sequence - right.sequence)
    expect(before).toHaveLength(3)
    // As a mending does that finds the places of three lost writes taken.
    outbox.close()
    db.exec('UPDATE item SET sequence = sequence + 100; UPDATE lane SET last_sequence = last_sequence + 100, envelope = envelope + 100')
    for (const { sequence, ciphertext } of before) db.prepare('INSERT INTO stage (sequence, ciphertext) VALUES (?, ?)').run(sequence + 100, ciphertext)
    outbox = createOutbox({ database: db, clock: systemClock })
    await moverOf().flush()
    expect(outbox.stage.waitingCount()).toBe(0)
    expect(await store.count()).toBe(3)
  })
})
