/** Answers lost after the platform has committed: the hardest fault, since neither side can tell it from a lost request. */
import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { platformCounters, platformEnvelopes, queueItems } from './evidence.ts'
import { type Device, type Scene, startScene } from './fixture.ts'
import type { FaultRule } from './proxy.ts'
import { between, seeded } from './seeded.ts'

const SHARE = 0.3
const SEED = Number(process.env.FAULT_SEED ?? 20_261)
let scene: Scene | null = null
afterEach(async () => {
  await scene?.close()
  scene = null
})

const loseAnswers: FaultRule = {
  kind: 'lose_answer',
  share: SHARE,
  match: ({ path }) => path.startsWith('/v1/sync/push') || path.startsWith('/v1/sync/envelopes'),
}

/** Two devices, each with its own memories, write revision after revision: one push carries one revision of a memory, so there are many pushes. */
async function writeAll(device: Device, name: string, memories: number, revisions: number, bytes: number): Promise<void> {
  const random = seeded(SEED + memories)
  for (let revision = 1; revision <= revisions; revision += 1) {
    for (let at = 0; at < memories; at += 8) {
      const some = Array.from({ length: Math.min(8, memories - at) }, (_, index) => `${name}-${at + index}`)
      await Promise.all(some.map((memoryId) => device.write(memoryId, randomBytes(bytes + between(random, 0, 64)))))
    }
  }
}

function lostShare(device: Device): { pushes: number; lost: number } {
  const pushes = device.proxy.requests.filter(({ path }) => path.startsWith('/v1/sync/push'))
  return { pushes: pushes.length, lost: pushes.filter(({ status }) => status === null).length }
}

describe(`with ${SHARE * 100} % of the answers lost after the platform's commit (seed ${SEED})`, () => {
  it('two devices deliver everything exactly once, in the order of each memory', async () => {
    scene = await startScene({ devices: 2, seed: SEED, platform: [loseAnswers] })
    const { devices } = scene
    await Promise.all(devices.map((device, index) => writeAll(device, `small-${index}`, 12, 25, 400)))
    for (const device of devices) await device.until(() => device.isDelivered(), 'every envelope', { jumpMs: 500, withinMs: 120_000 })

    const { pushes, lost } = devices.map(lostShare).reduce((sum, one) => ({ pushes: sum.pushes + one.pushes, lost: sum.lost + one.lost }))
    expect(lost / pushes, `${lost} of ${pushes} answers`).toBeGreaterThanOrEqual(0.2)
    expect(lost).toBeGreaterThanOrEqual(10)
    expect(platformEnvelopes(scene.platformFile)).toHaveLength(2 * 12 * 25)
    expect(await scene.contradictions(true)).toEqual([])
    expect(scene.miscounts()).toEqual([])
    await expectAuditAgrees(scene)
  })

  it('at the limit the platform never takes more than the plan allows, and after an upgrade everything is there exactly once', async () => {
    scene = await startScene({ devices: 2, seed: SEED + 1, platform: [loseAnswers] })
    const { devices, platformFile } = scene
    // 2 × 16 × 36 × 24 KiB are 27 MiB; the Free plan has 25.
    await Promise.all(devices.map((device, index) => writeAll(device, `large-${index}`, 16, 36, 24 * 1024)))
    for (const device of devices) await device.until(() => nothingMoves(device), 'the end of what fits', { jumpMs: 500, withinMs: 120_000 })
    expect(scene.miscounts()).toEqual([])
    const { used = 0, limit = 0 } = platformCounters(platformFile).get('encrypted_bytes') ?? {}
    expect(limit).toBe(25 * 1024 * 1024)
    // Filled up to less than one envelope: the refusals were not for nothing.
    expect(used).toBeGreaterThan(limit - 25 * 1024)
    expect(await scene.contradictions(false)).toEqual([])
    const there = new Set(platformEnvelopes(platformFile).map(({ id }) => id))
    // What is held may be there already, when the answer that said so was lost; nothing else of what is held is.
    const owed = devices.flatMap((device) => queueItems(device.dataDir).filter(({ id, state }) => state !== 'delivered' && !there.has(id)))
    const held = owed.filter(({ state }) => state === 'held')
    expect(held.length).toBeGreaterThan(50)
    expect(there.size).toBe(2 * 16 * 36 - owed.length)
    expect(new Set(held.map(({ heldBy }) => heldBy))).toEqual(new Set(['encrypted_bytes']))
    // A hold is asked about with a single write now and then: each device may have one on its way just now.
    expect(owed.length - held.length).toBeLessThanOrEqual(devices.length)

    await scene.upgrade('pro')
    for (const device of devices) await device.until(() => device.isDelivered(), 'the release', { jumpMs: 500, withinMs: 120_000 })
    const { pushes, lost } = devices.map(lostShare).reduce((sum, one) => ({ pushes: sum.pushes + one.pushes, lost: sum.lost + one.lost }))
    expect(lost / pushes, `${lost} of ${pushes} answers`).toBeGreaterThanOrEqual(0.2)
    expect(platformEnvelopes(platformFile)).toHaveLength(2 * 16 * 36)
    expect(await scene.contradictions(true)).toEqual([])
    expect(scene.miscounts()).toEqual([])
    // Operations are counted by period, and a clock that was moved ahead sees the new period begin at another push than the platform.
    await expectAuditAgrees(scene, ['stored_envelopes', 'stored_bytes', 'sub_keys'])
  })

  it('a deleted memory is deleted once, however often the answer to its delete is lost', async () => {
    scene = await startScene({ seed: SEED + 2, platform: [loseAnswers] })
    const { device } = scene
    await writeAll(device, 'gone', 10, 3, 300)
    await device.until(() => device.isDelivered(), 'every envelope', { jumpMs: 500 })
    for (let index = 0; index < 10; index += 1) {
      const answer = await fetch(`http://127.0.0.1:${device.intakePort}/v1/memories/gone-${index}`, {
        method: 'DELETE',
        headers: { Authorization: `Bearer ${device.agent.secret}` },
      })
      expect(answer.status).toBe(202)
    }
    await device.until(() => scene !== null && platformEnvelopes(scene.platformFile).length === 0, 'the deletes', { jumpMs: 500 })
    await device.until(async () => (await device.call('outbox.tally', { workspaceId: device.workspaceId })).tally.delivered.count === 60, 'the answers', {
      jumpMs: 500,
    })
    expect(platformCounters(scene.platformFile).get('encrypted_bytes')?.used).toBe(0)
    await expectAuditAgrees(scene)
    expect((await auditLines(device)).find(({ meter }) => meter === 'stored_envelopes')).toMatchObject({ deviceCount: 0, platformCount: 0 })
  })
})

/** Nothing is under way: everything is delivered, held, or waits behind what is held. */
function nothingMoves(device: Device): boolean {
  const { pending = 0, sending = 0, waiting = 0 } = device.states()
  return pending + sending + waiting === 0
}

async function auditLines(device: Device) {
  return (await device.call('honesty.audit', { workspaceId: device.workspaceId })).lines
}

/** Each device's own recount is the platform's count of it: envelopes and bytes exactly, operations but for those whose answer was lost. */
async function expectAuditAgrees({ devices }: Scene, meters = ['stored_envelopes', 'stored_bytes', 'sub_keys', 'sync_operations']): Promise<void> {
  for (const device of devices) {
    const disagreeing = async () => (await auditLines(device)).filter(({ meter, verdict }) => meters.includes(meter) && verdict !== 'agrees')
    // The counters of the last answer may have been lost with it; the changes feed brings them.
    await device
      .until(async () => (await disagreeing()).length === 0, 'the audit', { jumpMs: 1_000, withinMs: 10_000 })
      .catch(async () => {
        expect(await disagreeing()).toEqual([])
      })
  }
}
