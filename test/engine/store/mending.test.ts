import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { isMending, noteMending } from '../../../main/engine/store/found-damage.ts'
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

  // Ended before the stores were compared: the next start does it again.
  await device.restart()
  await device.restart()
  expect(isMending(database)).toBe(true)
  expect((await device.call('app.info', {})).warnings.map(({ text }) => text)).toEqual([
    expect.stringContaining('outbox.db was mended or put back at an earlier start, which ended before everything was done.'),
  ])
  expect((await lanceRows(device.dataDir)).map(({ id }) => id).sort()).toEqual([...ids].sort())
  await device.until(() => !isMending(database), 'the comparison of all envelopes', { jumpMs: 500 })

  await device.proxy.setFaults()
  await device.until(() => device.isDelivered(), 'the delivery', { jumpMs: 5_000 })
  expect(await scene.contradictions(true)).toEqual([])
})
