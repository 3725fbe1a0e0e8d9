import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { isMending, noteFoundDamage, noteMending } from '../../../main/engine/store/found-damage.ts'
import { createEnvelopeStore } from '../../../main/engine/vault/envelopes/envelope-store.ts'
import { lanceRows, stagedCiphertexts } from '../../faults/evidence.ts'
import { type Scene, startScene } from '../../faults/fixture.ts'

let scene: Scene
beforeEach(async () => {
  scene = await startScene({ platform: [{ kind: 'refuse' }] })
})
afterEach(() => scene.close())

/** What a salvage leaves behind that lost pages of ciphertext before the table had it, and that a crash cut short. */
async function cutShort(lost: readonly string[]): Promise<void> {
  const { dataDir } = scene.device
  const store = createEnvelopeStore({ dataDir, clock: systemClock, warn: (text) => expect.unreachable(text) })
  await store.remove(lost)
  await store.close()
  noteMending(join(dataDir, 'outbox.db'))
}

test('a mending that was cut short goes on: what only the journal has is in the table before it leaves', async () => {
  const { device } = scene
  const database = join(device.dataDir, 'outbox.db')
  const ids = (await device.writeAll(Array.from({ length: 12 }, (_, index) => `memory ${index}`))).map(({ envelopeId }) => envelopeId)
  await device.until(() => stagedCiphertexts(device.dataDir).size === 0, 'the table and the journal have all', { jumpMs: 500 })
  await device.stop()
  await cutShort(ids.slice(0, 5))

  // Ended before the stores were compared: the next start does it again, before anybody writes.
  await device.restart()
  expect(isMending(database)).toBe(false)
  expect((await device.call('app.info', {})).warnings.map(({ text }) => text)).toEqual([
    expect.stringContaining('outbox.db was mended or put back at an earlier start, which ended before everything was done.'),
  ])
  expect((await lanceRows(device.dataDir)).map(({ id }) => id).sort()).toEqual([...ids].sort())

  await device.proxy.setFaults()
  await device.until(() => device.isDelivered(), 'the delivery', { jumpMs: 5_000 })
  expect(await scene.contradictions(true)).toEqual([])
})

test('rows of which a part was zeroed are not taken for what was written: they come back whole', async () => {
  const { device } = scene
  const path = join(device.dataDir, 'outbox.db')
  await device.writeAll(Array.from({ length: 12 }, (_, index) => `memory ${index}`))
  const { workspaceId } = device
  await device.call('settings.put', { workspaceId, key: 'org_name', value: 'Tide tables of the harbour' })
  await device.until(() => stagedCiphertexts(device.dataDir).size === 0, 'the table and the journal have all', { jumpMs: 500 })
  await device.stop()
  const database = new BetterSqlite3(path)
  const zeroed = [
    'entity = CAST(substr(entity, 1, 3) || zeroblob(29) AS BLOB), revision = 0, size_bytes = 0, sha256 = zeroblob(32)',
    'sha256 = CAST(substr(sha256, 1, 20) || zeroblob(12) AS BLOB)',
    'id = CAST(substr(id, 1, 8) || zeroblob(8) AS BLOB)',
  ]
  for (const [index, change] of zeroed.entries()) database.exec(`UPDATE item SET ${change} WHERE sequence = ${index + 2}`)
  const torn = database.prepare("UPDATE item SET payload = substr(payload, 1, 12) || char(0, 0, 0, 0) WHERE typeof(entity) = 'text'").run()
  expect(torn.changes).toBe(1)
  database.close()
  noteFoundDamage(path)
  await device.start()
  await device.proxy.setFaults()
  await device.until(() => device.isDelivered(), 'the delivery', { jumpMs: 5_000 })
  expect(await scene.contradictions(true)).toEqual([])
  const setting = async () => (await device.call('settings.list', { workspaceId })).find(({ key }) => key === 'org_name')
  await device.until(async () => (await setting())?.value === 'Tide tables of the harbour', 'the edit', { jumpMs: 5_000 })
})
