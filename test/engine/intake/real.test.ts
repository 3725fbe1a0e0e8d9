import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { adoptRestored } from '../../../main/engine/vault/envelopes/adopt-restored.ts'
import { DEVICE, openRealConsole, type RealConsole } from './real-console.ts'

const WORKSPACE = '018f0000-0000-7000-8000-000000000001'
const CANARY = 'canary-e4b1-in-the-clear'
let dataDir: string
let secrets: Map<string, string>
let tidemark: RealConsole

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tidemark-intake-real-'))
  secrets = new Map()
  tidemark = await openRealConsole(dataDir, secrets)
})

afterEach(async () => {
  await tidemark.close()
  await rm(dataDir, { recursive: true })
})

function ask(secret: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${tidemark.server.url}${path}`, { ...init, headers: { ...init.headers, Authorization: `Bearer ${secret}` } })
}

const write = (secret: string, id: string, body: BodyInit): Promise<Response> =>
  ask(secret, '/v1/memories', { method: 'POST', body, headers: { 'Tidemark-Memory-Id': encodeURIComponent(id) } })

describe('the intake over the real outbox and vault', () => {
  it('stores what agents write at the same time, in order for each memory, and gives it back byte for byte', async () => {
    const alice = await tidemark.agent(WORKSPACE, 'Alice')
    const bob = await tidemark.agent(WORKSPACE, 'Bob')
    const contents = Array.from({ length: 60 }, (_, index) => randomBytes(index * 37))
    const answers = await Promise.all(
      contents.flatMap((bytes, index) => [alice, bob].map(async ({ secret }) => ({ status: (await write(secret, `memory-${index % 20}`, bytes)).status }))),
    )
    expect(answers.every(({ status }) => status === 201)).toBe(true)
    const batch = await ask(alice.secret, '/v1/memories/batch', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        memories: [{ id: 'memory-0', text: 'from a batch' }, { id: 'memory-0', text: 'and again' }, { text: '\n' }, { id: '\n', text: '' }],
      }),
    })
    expect(batch.status).toBe(207)
    expect(tidemark.outbox.tally(WORKSPACE).pending.count).toBe(123)
    const { results } = z
      .object({ results: z.array(z.looseObject({ envelope_id: z.uuid().optional(), revision: z.int().optional() })) })
      .parse(await batch.json())
    expect(results.map(({ revision }) => revision)).toEqual([4, 5, 1, undefined])
    const read = await ask(alice.secret, '/v1/memories/memory-0')
    expect([read.headers.get('etag'), await read.text()]).toEqual([`"${results[1]?.envelope_id}"`, 'and again'])
    expect(read.headers.get('tidemark-other-versions')).toBeNull()
    expect((await ask(bob.secret, '/v1/memories/memory-0')).headers.get('etag')).not.toBe(read.headers.get('etag'))
    expect(tidemark.vault.subKeys.find(alice.id)?.lastWriteAt).not.toBeNull()
  })

  it('offers the version of another computer beside its own, reads either, and settles them', async () => {
    const { id: subKeyId, secret } = await tidemark.agent(WORKSPACE, 'Alice')
    const idOf = async (answer: Response): Promise<string> => z.looseObject({ envelope_id: z.uuid() }).parse(await answer.json()).envelope_id
    const first = await idOf(await write(secret, 'a', 'common'))
    const own = await idOf(await write(secret, 'a', 'of this computer'))
    const elsewhere = '0190c2a0-0000-7000-8000-0000000000aa'
    const memoryRef = tidemark.vault.memoryRef(subKeyId, 'a')
    const at = { envelopeId: elsewhere, memoryRef, revision: 2, subKeyId, memoryId: 'a', contentType: 'text/plain' }
    const ciphertext = tidemark.vault.seal({ ...at, bytes: Buffer.from('of another'), deviceId: WORKSPACE, replaces: [first] })
    await adoptRestored(
      { outbox: tidemark.outbox, envelopes: tidemark.store, vault: tidemark.vault, reader: tidemark.reader, deviceId: () => DEVICE },
      WORKSPACE,
      {
        envelopes: [
          {
            ...{ id: elsewhere, memoryRef, revision: 2, subKeyId, deviceId: WORKSPACE, createdAt: 1, storedAt: 2, ciphertext },
            sizeBytes: ciphertext.length,
            sha256: createHash('sha256').update(ciphertext).digest('hex'),
          },
        ],
        deleted: [],
      },
    )
    const read = await ask(secret, '/v1/memories/a')
    expect([read.headers.get('etag'), read.headers.get('tidemark-other-versions'), await read.text()]).toEqual([`"${own}"`, elsewhere, 'of this computer'])
    const other = await ask(secret, `/v1/memories/a?version=${elsewhere}`)
    expect([other.headers.get('etag'), other.headers.get('tidemark-other-versions'), await other.text()]).toEqual([`"${elsewhere}"`, own, 'of another'])
    // An older one is there too, by its id; one of another memory is not.
    expect(await (await ask(secret, `/v1/memories/a?version=${first}`)).text()).toBe('common')
    await write(secret, 'b', 'another memory')
    expect((await ask(secret, `/v1/memories/b?version=${first}`)).status).toBe(404)
    const replacing = (versions: string): Promise<Response> =>
      ask(secret, '/v1/memories', { method: 'POST', body: 'settled', headers: { 'Tidemark-Memory-Id': 'a', 'Tidemark-Replaces': versions } })
    const before = tidemark.outbox.tally(WORKSPACE).pending.count
    const refused = await replacing(`${elsewhere}, ${crypto.randomUUID()}`)
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'unknown_version' }])
    expect(tidemark.outbox.tally(WORKSPACE).pending.count).toBe(before)
    const settled = await idOf(await replacing(elsewhere))
    const after = await ask(secret, '/v1/memories/a')
    expect([after.headers.get('etag'), after.headers.get('tidemark-other-versions')]).toEqual([`"${settled}"`, null])
    const [item] = tidemark.outbox.page(WORKSPACE, {}, null, 1).rows
    expect(item?.replaces).toEqual(expect.arrayContaining([own, elsewhere]))
  })

  it('reads from LanceDB what the mover has carried there', async () => {
    const { secret } = await tidemark.agent(WORKSPACE, 'Alice')
    const bytes = randomBytes(3_000)
    await write(secret, 'moved', bytes)
    await tidemark.mover.flush()
    expect(tidemark.outbox.stage.waitingCount()).toBe(0)
    const read = await ask(secret, '/v1/memories/moved')
    expect(Buffer.from(await read.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it('keeps the memories of two agents apart', async () => {
    const alice = await tidemark.agent(WORKSPACE, 'Alice')
    const bob = await tidemark.agent(WORKSPACE, 'Bob')
    await write(alice.secret, 'plan', 'of alice')
    expect((await ask(bob.secret, '/v1/memories/plan')).status).toBe(404)
    expect((await ask(bob.secret, '/v1/memories/plan', { method: 'DELETE' })).status).toBe(404)
    expect(await (await ask(alice.secret, '/v1/memories/plan')).text()).toBe('of alice')
  })

  it('withdraws what never left, and counts on when the memory is written again', async () => {
    const { secret } = await tidemark.agent(WORKSPACE, 'Alice')
    await write(secret, 'a', 'one')
    await write(secret, 'a', 'two')
    const removed = await ask(secret, '/v1/memories/a', { method: 'DELETE' })
    expect([removed.status, await removed.json()]).toEqual([202, { withdrawn: 2, queued: 0 }])
    expect((await ask(secret, '/v1/memories/a')).status).toBe(404)
    expect(await (await write(secret, 'a', 'three')).json()).toMatchObject({ revision: 3 })
  })

  it('refuses a revoked sub-key and the right id with a wrong secret', async () => {
    const { id, secret } = await tidemark.agent(WORKSPACE, 'Alice')
    expect((await write(secret, 'a', 'x')).status).toBe(201)
    const last = secret.at(-2) === 'A' ? 'B' : 'A'
    expect((await write(`${secret.slice(0, -2)}${last}${secret.at(-1)}`, 'a', 'x')).status).toBe(401)
    await tidemark.vault.subKeys.revoke(WORKSPACE, id, async () => ({ kind: 'ok', status: 200, value: {} }))
    expect((await write(secret, 'a', 'x')).status).toBe(401)
    expect((await ask(secret, '/v1/memories/a')).status).toBe(401)
  })

  it('answers 503 while locked and goes on when unlocked', async () => {
    const { secret } = await tidemark.agent(WORKSPACE, 'Alice')
    await tidemark.vault.setPassphrase('a long passphrase', null)
    tidemark.vault.lock()
    expect((await write(secret, 'a', 'x')).status).toBe(503)
    expect((await ask(secret, '/v1/memories/a')).status).toBe(503)
    await tidemark.vault.unlock('a long passphrase')
    expect((await write(secret, 'a', 'x')).status).toBe(201)
  })

  it('has what it acknowledged after a restart, and nothing of it in the clear on the disk', async () => {
    const { secret } = await tidemark.agent(WORKSPACE, 'Alice')
    await write(secret, `${CANARY}-id`, CANARY.repeat(50))
    const envelopes = tidemark.outbox.stage.nextToMove(10, 1_000_000)
    expect(envelopes).toHaveLength(1)
    await tidemark.close()
    for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) expect((await readFile(join(entry.parentPath, entry.name))).includes(CANARY), entry.name).toBe(false)
    }
    tidemark = await openRealConsole(dataDir, secrets)
    expect(await (await ask(secret, `/v1/memories/${CANARY}-id`)).text()).toBe(CANARY.repeat(50))
  })
})
