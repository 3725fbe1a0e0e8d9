/** The retention rule in the running engine: what is undelivered, and the newest revision of each memory, stay on this computer. */
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lanceRows, platformEnvelopes, stagedCiphertexts } from '../../faults/evidence.ts'
import { type Scene, startScene } from '../../faults/fixture.ts'

const DAY_MS = 24 * 3_600_000
let scene: Scene
beforeEach(async () => {
  scene = await startScene({ random: () => 0 })
})
afterEach(() => scene.close())

it('delivered revisions that a later one has superseded leave the LanceDB store after 30 days, and nothing else does', async () => {
  const { device } = scene
  const old = [await device.write('a'), await device.write('b')]
  const newest = [await device.write('a'), await device.write('c')]
  await device.until(() => device.isDelivered(), 'the delivery')
  await device.proxy.setFaults({ kind: 'refuse' })
  const undelivered = [await device.write('b'), await device.write('b', randomBytes(100))]
  await device.until(() => stagedCiphertexts(device.dataDir).size === 0, 'the mover', { jumpMs: 500 })
  const stored = async (): Promise<string[]> => (await lanceRows(device.dataDir)).map(({ id }) => id).sort()
  const idsOf = (list: readonly { envelopeId: string }[]): string[] => list.map(({ envelopeId }) => envelopeId).sort()

  device.clock.jump(29 * DAY_MS)
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(await stored()).toEqual(idsOf([...old, ...newest, ...undelivered]))
  // `b` was superseded as well: its older revision had been delivered.
  await device.until(async () => (await stored()).length === 4, 'the retention', { jumpMs: DAY_MS / 2, withinMs: 20_000 })
  expect(await stored()).toEqual(idsOf([...newest, ...undelivered]))
  // At the platform everything is as it was, and the newest revision can be read here.
  expect(platformEnvelopes(scene.platformFile)).toHaveLength(4)
  const answer = await fetch(`http://127.0.0.1:${device.intakePort}/v1/memories/a`, { headers: { Authorization: `Bearer ${device.agent.secret}` } })
  expect(answer.status).toBe(200)
  expect(device.reports.filter((line) => !line.startsWith('The platform'))).toEqual([])
})
