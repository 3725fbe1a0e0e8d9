import { createAgent } from './support/agents-page.ts'
import { expectAccessible } from './support/accessibility.ts'
import { expect, test } from './support/stage.ts'

test('the first minute: a platform that is not there yet is said and awaited, and three steps tick themselves, until they are dismissed for ever', async ({
  stage,
}) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  await line.setFaults({ kind: 'refuse' })
  const computer = await stage.computer(platform, { at: line.url })
  const page = await (await stage.context()).newPage()
  const card = page.getByRole('region', { name: 'Welcome to Tidemark' })
  const step = (name: string) => card.getByRole('listitem').filter({ hasText: name })

  await test.step('a first start without the platform says so, and its workspace comes by itself', async () => {
    await page.goto(await computer.launchLink())
    const notice = page.getByRole('status').filter({ hasText: `${line.url} could not be reached` })
    await expect(notice).toContainText('It is tried again every few seconds')
    await expect(page.getByText('Tidemark keeps what your agents write sealed on this computer')).toBeVisible()
    await line.setFaults()
    await expect(card).toBeVisible({ timeout: 30_000 })
    await expect(page).toHaveTitle('Overview · Harbour Research · Tidemark')
    await expectAccessible(page, 'the first overview')
  })

  await test.step('each step leads to where it is done, and is ticked when it is', async () => {
    await expect(card.getByLabel('Done', { exact: true })).toHaveCount(0)
    await card.getByRole('link', { name: 'Create a key' }).click()
    await expect(page).toHaveTitle('Devices & sub-keys · Harbour Research · Tidemark')
    const agent = await createAgent(page, computer, 'scout')
    await stage.go(page, '/')
    await expect(step('Create a key').getByLabel('Done', { exact: true })).toBeVisible()
    expect((await agent.write('first', 'memory')).status).toBe(201)
    await expect(step('Write or import').getByLabel('Done', { exact: true })).toBeVisible()
    await card.getByRole('link', { name: 'Watch the limits' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Usage' })).toBeVisible()
    await stage.go(page, '/')
    await expect(card.getByLabel('Done', { exact: true })).toHaveCount(3)
  })

  await test.step('dismissed they do not come back, in no browser of this computer', async () => {
    await card.getByRole('button', { name: 'Done, close this' }).click()
    await expect(card).toBeHidden()
    const other = await stage.page(computer)
    await expect(other.getByRole('meter').first()).toBeVisible()
    await expect(other.getByRole('region', { name: 'Welcome to Tidemark' })).toHaveCount(0)
  })
})
