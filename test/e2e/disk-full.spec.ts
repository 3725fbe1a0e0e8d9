import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { megabytes } from './support/agent.ts'
import { buyPlan } from './support/buy-plan.ts'
import { expect, test } from './support/stage.ts'

const MIB = 1024 * 1024

test('a full disk refuses new writes in words, keeps every old one, and goes on when there is room', async ({ stage }, info) => {
  const disk = await stage.folder('disk')
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=320m,mode=0700', 'tmpfs', disk])
  // Root in a container may still not be allowed to mount.
  info.skip(mount.status !== 0, 'a small tmpfs for the data folder could not be mounted: it takes root on Linux')
  stage.atEnd(async () => void spawnSync('umount', ['-l', disk]))
  const dataDir = join(disk, 'data')
  mkdirSync(dataDir, { mode: 0o700 })
  const platform = await stage.platform()
  const computer = await stage.computer(platform, { dataDir })
  const agent = await computer.agent('diarist')
  const page = await stage.page(computer)
  const warnings = page.getByRole('region', { name: 'Warnings' })
  const acknowledged = new Map<string, string>()
  let refused = ''
  async function write(memoryId: string, sizeMib: number): Promise<number> {
    const bytes = megabytes(sizeMib)
    const { status, code } = await agent.write(memoryId, bytes, 'application/octet-stream')
    if (status === 201) acknowledged.set(memoryId, sha256(bytes))
    else expect([status, code]).toEqual([507, 'disk_full'])
    return status
  }

  await test.step('before it is full the page warns, and agents still write', async () => {
    await write('first', 1)
    await expect(warnings).toBeHidden()
    const { bavail, bsize } = await statfs(disk)
    await writeFile(join(disk, 'ballast'), Buffer.alloc(bavail * bsize - 80 * MIB, 1))
    // Written by somebody else: the console sees it when it looks next, which is at the latest with what it writes itself.
    await expect(async () => {
      expect(await write(`low/${acknowledged.size}`, 0.5)).toBe(201)
      await expect(warnings).toContainText('The disk is nearly full', { timeout: 1_000 })
    }).toPass()
  })

  await test.step('full: 507, and the page says what is safe and what is refused', async () => {
    for (let index = 0; ; index += 1) {
      expect(index).toBeLessThan(100)
      if ((await write(`full/${index}`, 2)) === 507) break
    }
    await expect(warnings).toContainText('The disk is full. What was stored is safe; new writes of agents are refused')
    // What was given back meanwhile may take a smaller one still; then that is refused too.
    for (refused = 'small/0'; (await write(refused, 1)) !== 507; refused = `small/${acknowledged.size}`) expect(acknowledged.size).toBeLessThan(200)
  })

  await test.step('nothing half written: exactly what was acknowledged is there, and can be read', async () => {
    const { tally } = await computer.call('outbox.tally', { workspaceId: await computer.workspaceId() })
    const counted = Object.values(tally).reduce((sum, { count }) => sum + count, 0)
    expect(counted).toBe(acknowledged.size)
    for (const [memoryId, hash] of acknowledged) {
      const back = await agent.read(memoryId)
      expect([back.status, sha256(back.body)]).toEqual([200, hash])
    }
    expect((await agent.read(refused)).status).toBe(404)
  })

  await test.step('room again: it goes on by itself', async () => {
    await rm(join(disk, 'ballast'))
    await expect(warnings).toBeHidden()
    expect(await write('after', 1)).toBe(201)
  })

  await test.step('everything that was acknowledged is delivered', async () => {
    // However much fitted on the disk, it may be more than the free plan takes.
    await buyPlan(page, 'Pro')
    await expect.poll(() => platform.envelopes().length, { timeout: 60_000 }).toBe(acknowledged.size)
    for (const [memoryId, hash] of acknowledged) expect(sha256((await agent.read(memoryId)).body)).toBe(hash)
  })
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
