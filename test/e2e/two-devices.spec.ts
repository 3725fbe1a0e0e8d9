import { megabytes } from './support/agent.ts'
import { buyPlan } from './support/buy-plan.ts'
import { expect, test } from './support/stage.ts'
import type { TestComputer } from './support/test-computer.ts'

const MIB = 1024 * 1024
const LIMIT_BYTES = 25 * MIB

test('two computers share one plan: what one fills holds the other, and one upgrade releases both', async ({ stage }) => {
  const platform = await stage.platform()
  const first = await stage.computer(platform)
  const second = await stage.computer(platform)
  const writer = await first.agent('writer')
  const reader = await second.agent('reader')
  const firstPage = await stage.page(first)
  const secondPage = await stage.page(second)
  let written = 0
  const write = async (agent: typeof writer, memoryId: string, sizeMib: number): Promise<void> => {
    expect((await agent.write(memoryId, megabytes(sizeMib), 'application/octet-stream')).status).toBe(201)
    written += 1
  }

  await test.step('the meter moves live on the computer that wrote nothing', async () => {
    const bytes = secondPage.getByRole('meter', { name: 'Encrypted bytes' })
    await expect(bytes).toHaveAttribute('aria-valuenow', '0')
    for (const index of [1, 2, 3]) await write(writer, `large/${index}`, 7.9)
    await expect(bytes).toHaveAttribute('aria-valuetext', /9[45](?:\.\d)?\s%/)
    await expect(secondPage.getByRole('meter', { name: 'Sync devices' })).toHaveAttribute('aria-valuenow', '2')
  })

  await test.step('both write at once up to the limit: it is never passed, and what is over is held on its own computer', async () => {
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        await write(writer, `race/${index}`, 0.3)
        await write(reader, `race/${index}`, 0.3)
      }),
    )
    await expect(firstPage.getByRole('heading', { name: /held on this computer/ })).toBeVisible()
    await expect(secondPage.getByRole('heading', { name: /held on this computer/ })).toBeVisible()
    await expect
      .poll(async () => platform.envelopes().length + (await heldCount(first)) + (await heldCount(second)), { message: 'delivered + held = written' })
      .toBe(written)
    const { used, limit } = platform.counter('encrypted_bytes')
    expect(limit).toBe(LIMIT_BYTES)
    expect(used).toBeLessThanOrEqual(LIMIT_BYTES)
    expect(used).toBe(platform.envelopes().reduce((sum, { size_bytes }) => sum + size_bytes, 0))
  })

  await test.step('one upgrade, on the first computer, releases both', async () => {
    await buyPlan(firstPage, 'Pro')
    await expect.poll(() => platform.envelopes().length).toBe(written)
    await expect(firstPage.getByText('Release finished: Harbour Research')).toBeVisible()
    await expect(secondPage.getByText('Release finished')).toBeVisible()
    await expect(secondPage.getByRole('heading', { name: /held on this computer/ })).toBeHidden()
    await expect(secondPage.getByRole('region', { name: 'Plan', exact: true }).getByText('Pro', { exact: true })).toBeVisible()
    const envelopes = platform.envelopes()
    expect(new Set(envelopes.map(({ id }) => id)).size).toBe(written)
    expect(platform.counter('encrypted_bytes').used).toBe(envelopes.reduce((sum, { size_bytes }) => sum + size_bytes, 0))
  })
})

test('a third session on Free is refused in words, its writes are held by that limit, and leave when a session closes', async ({ stage }) => {
  const platform = await stage.platform()
  const first = await stage.computer(platform)
  const second = await stage.computer(platform)
  await expect.poll(() => platform.counter('sync_devices').used).toBe(2)
  const third = await stage.computer(platform)
  const agent = await third.agent('late comer')
  expect((await agent.write('notes/1', 'one')).status).toBe(201)
  expect((await agent.write('notes/2', 'two')).status).toBe(201)

  const page = await stage.page(third)
  await expect(page.getByText('2 writes are held on this computer')).toBeVisible()
  await expect(page.getByRole('region', { name: /held on this computer/ })).toContainText('Sync devices: 2 writes')
  await expect(page.getByRole('meter', { name: 'Sync devices' })).toHaveAttribute('aria-valuetext', /2 of 2/)
  await page.getByRole('button', { name: /^Connection:/ }).click()
  await expect(page.getByText(/open session/i).first()).toBeVisible()
  await page.keyboard.press('Escape')
  expect(platform.envelopes()).toHaveLength(0)
  expect(platform.counter('sync_devices').used).toBe(2)

  await second.stop()
  await expect.poll(() => platform.envelopes().length).toBe(2)
  await expect(page.getByRole('heading', { name: /held on this computer/ })).toBeHidden()
  await expect(page.getByText('2 held writes have been delivered. Nothing is held any more.')).toBeVisible()
  expect(platform.counter('sync_devices').used).toBe(2)
  await first.stop()
})

async function heldCount(computer: TestComputer): Promise<number> {
  const { tally } = await computer.call('outbox.tally', { workspaceId: await computer.workspaceId() })
  return tally.held.count
}
