import { z } from 'zod'
import { type Agent, megabytes } from './support/agent.ts'
import { expect, test } from './support/stage.ts'

const MIB = 1024 * 1024
const LIMIT_BYTES = 25 * MIB
/** A meter is asked once in 15 s at most. */
const AFTER_A_PROBE = { timeout: 30_000 }

test('when only some of what is held fits, its head leaves in order and the rest is held again with new numbers', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const agent = await computer.agent('archivist')
  const page = await stage.page(computer)

  // 24.2 MiB of 25 MiB, in four pieces; then eight of 1 MiB, of which none fits.
  const pieces = [
    await written(agent, 'large/1', 7.9),
    await written(agent, 'large/2', 7.9),
    await written(agent, 'middle', 2.5),
    await written(agent, 'large/3', 5.9),
  ]
  await expect.poll(() => platform.envelopes().length).toBe(pieces.length)
  const late: string[] = []
  for (let index = 1; index <= 8; index += 1) late.push(await written(agent, `late/${index}`, 1))

  const heldBanner = page.getByRole('region', { name: /held on this computer/ })
  await expect(page.getByText('8 writes are held on this computer')).toBeVisible()
  await expect(heldBanner).toContainText('24.2 MiB of 25 MiB')
  await expect(heldBanner).toContainText('Releases all 8 writes')

  await test.step('a delete by the agent makes room for three', async () => {
    expect((await agent.remove('middle')).status).toBe(202)
    await expect(page.getByText('5 writes are held on this computer')).toBeVisible()
    await expect(page.getByText('3 writes have been delivered, 5 are held again')).toBeVisible()
    await expect(heldBanner).toContainText('24.7 MiB of 25 MiB')
    await expect(heldBanner).toContainText('Releases all 5 writes')
    expect(platform.counter('encrypted_bytes').used).toBeLessThanOrEqual(LIMIT_BYTES)
  })

  await test.step('a delete at the platform by somebody else makes room for one more', async () => {
    expect((await platform.ask('DELETE', `/v1/sync/envelopes/${late[0]}`)).status).toBe(200)
    await expect(page.getByText('4 writes are held on this computer')).toBeVisible(AFTER_A_PROBE)
    expect(platform.counter('encrypted_bytes').used).toBeLessThanOrEqual(LIMIT_BYTES)
  })

  await test.step('the rest leaves when there is room for all', async () => {
    expect((await agent.remove('large/3')).status).toBe(202)
    await expect(heldBanner).toBeHidden(AFTER_A_PROBE)
    await expect(page.getByText('4 held writes have been delivered. Nothing is held any more.')).toBeVisible()
    const kept = platform.envelopes().map(({ id }) => id)
    expect(kept).toEqual([...pieces.slice(0, 2), ...late.slice(1)])
    const tally = await computer.call('outbox.tally', { workspaceId: await computer.workspaceId() })
    expect(tally.tally.held.count + tally.tally.pending.count + tally.tally.waiting.count + tally.tally.rejected.count).toBe(0)
  })
})

async function written(agent: Agent, memoryId: string, sizeMib: number): Promise<string> {
  const answer = await agent.write(memoryId, megabytes(sizeMib), 'application/octet-stream')
  expect(answer.status).toBe(201)
  return z.looseObject({ envelope_id: z.string() }).parse(JSON.parse(answer.body.toString())).envelope_id
}
