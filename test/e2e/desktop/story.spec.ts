import { megabytes } from '../support/agent.ts'
import { buyOutside } from './support/buy-outside.ts'
import { expect, test } from './support/desktop-stage.ts'

test('the story on the desktop: a write is held, the plan is bought in the browser, the link comes back, the write leaves', async ({ stage, browser }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const { app, page } = computer
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  expect(await page.title()).toContain('Tidemark')

  await test.step('four writes of 7.5 MiB do not fit into the free plan: one is held', async () => {
    const agent = await computer.agent('writer')
    for (const index of [1, 2, 3, 4]) expect((await agent.write(`large/${index}`, megabytes(7.5), 'application/octet-stream')).status).toBe(201)
    await expect(page.getByRole('heading', { name: '1 write is held on this computer' })).toBeVisible()
    expect(platform.envelopes()).toHaveLength(3)
  })

  const checkout = await test.step('the checkout opens in the system’s browser, not in the window', async () => {
    const opened = await buyOutside(computer, browser, 'Pro')
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
    expect((await computer.openedExternally()).map((url) => new URL(url).origin)).toEqual([platform.url])
    return opened
  })

  await test.step('paid there', () => checkout.pay())

  await test.step('the link brings the window to the front, which shows the plan', async () => {
    const link = await checkout.linkBack()
    expect(link).toMatch(/^tidemark:\/\/checkout\//)
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
    expect(await computer.startAgain(link)).toBe(0)
    await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized())).toBe(false)
    await expect(page.getByText('Pro is in force')).toBeVisible()
    await expect(page.getByRole('region', { name: 'Plan', exact: true })).toContainText('$19 / month')
  })

  await test.step('what was held has left, once', async () => {
    await expect(page.getByText('1 held write has been delivered. Nothing is held any more.')).toBeVisible()
    expect(platform.envelopes()).toHaveLength(4)
  })
})
