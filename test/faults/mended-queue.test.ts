/** What outbox.db lost of delivered writes lies in the table of envelopes; what is written after that goes on from there. */
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { noteFoundDamage } from '../../main/engine/store/found-damage.ts'
import { lanceRows } from './evidence.ts'
import { type Device, type Scene, startScene } from './fixture.ts'

let scene: Scene
let device: Device
beforeEach(async () => {
  scene = await startScene()
  device = scene.device
})
afterEach(() => scene.close())

/** As a page that was zeroed does, with the note that the check of integrity leaves for the next start. */
function loseItems(): void {
  const path = join(device.dataDir, 'outbox.db')
  const database = new BetterSqlite3(path)
  database.exec('DELETE FROM item; DELETE FROM lane; DELETE FROM item_group; UPDATE high_water SET sequence = 0, lanes_upto = 0')
  database.close()
  noteFoundDamage(path)
}

async function deliver(count: number): Promise<void> {
  for (let version = 1; version <= count; version += 1) await device.write('tide')
  await device.until(() => device.isDelivered(), 'the delivery')
  await device.until(async () => (await lanceRows(device.dataDir)).length === count, 'the move into the table', { jumpMs: 1_000 })
}

test('the first write after a mending is given the next number of its memory, not one that was given before', async () => {
  await deliver(3)
  await device.stop()
  loseItems()
  await device.start()
  const { revision } = await device.write('tide')
  expect(revision).toBe(4)
  await device.until(() => device.isDelivered(), 'the delivery', { jumpMs: 500 })
  expect(await scene.contradictions(true)).toEqual([])
})
