import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from './support/stage.ts'
import { badgeOf, syncNow } from './support/sync-now.ts'

test('a sign-in that ended is asked for again, uses up no attempt, and everything goes on with a new token', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const agent = await computer.agent('keeper')
  const page = await stage.page(computer)
  await expect(badgeOf(page)).toContainText('Online')

  platform.revokeToken(platform.token)
  expect((await agent.write('notes/1', 'one')).status).toBe(201)
  await expect(page.getByText('Sign in again')).toBeVisible()
  await expect(badgeOf(page)).toContainText('The sign-in has ended. 1 edit saved on this computer.')
  expect((await agent.write('notes/2', 'two')).status).toBe(201)
  await stage.go(page, '/outbox')
  await expect(page.getByRole('row').filter({ hasText: 'keeper' }).filter({ hasText: 'Queued' })).toHaveCount(2)

  await test.step('the old token and nonsense are refused in words', async () => {
    await page.getByLabel('Token').fill(platform.token)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByRole('alert').filter({ hasText: /token/i })).toBeVisible()
    await page.getByLabel('Token').fill('not a token at all')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'This is not a token' })).toBeVisible()
  })

  await page.getByLabel('Token').fill(platform.otherToken)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(badgeOf(page)).toContainText('Online')
  await expect.poll(() => platform.envelopes().length).toBe(2)
  await expect(page.getByRole('row').filter({ hasText: 'Delivered' })).toHaveCount(2)
  const { rows } = await computer.call('outbox.page', { workspaceId: await computer.workspaceId(), filter: {}, before: null, limit: 10 })
  expect(rows.map(({ attempts }) => attempts)).toEqual([1, 1])

  await test.step('the new token is remembered, in the secret store and in no other file', async () => {
    await computer.stop()
    const files = readdirSync(computer.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const holding = files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(platform.otherToken))
    expect(holding.map(({ name }) => name).sort()).toEqual(['secrets.json', 'secrets.second.json'])
    await computer.start()
    await stage.enter(page, computer)
    await expect(badgeOf(page)).toContainText('Online')
  })
})

test('a device that was revoked elsewhere says so, keeps its writes, and comes back as another device', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const agent = await computer.agent('keeper')
  const page = await stage.page(computer)
  await expect(badgeOf(page)).toContainText('Online')
  const workspaceId = await computer.workspaceId()
  const [device] = await computer.call('devices.list', { workspaceId })
  expect((await platform.ask('DELETE', `/v1/devices/${device?.id}`)).status).toBe(200)

  await expect(page.getByText('This device was revoked', { exact: true })).toBeVisible()
  expect((await agent.write('notes/1', 'one')).status).toBe(201)
  await expect(badgeOf(page)).toContainText('This device was revoked and may not sync. 1 edit saved on this computer.')
  expect(platform.envelopes()).toHaveLength(0)

  await page.getByLabel('Token').fill(platform.token)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(badgeOf(page)).toContainText('Online')
  await expect.poll(() => platform.envelopes().length).toBe(1)
  await stage.go(page, '/devices')
  await expect(page.getByRole('row').filter({ hasText: 'Revoked' })).toHaveCount(1)
  await expect(page.getByRole('row').filter({ hasText: 'This device' })).toHaveCount(1)
})

test('a platform that lies, breaks off or is slow is named in words, loses nothing, and is taken back', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const agent = await computer.agent('keeper')
  const page = await stage.page(computer)
  await expect(badgeOf(page)).toContainText('Online')
  let written = 0

  async function back(): Promise<void> {
    await line.setFaults()
    await syncNow(page)
    await expect.poll(() => platform.envelopes().length).toBe(written)
  }
  async function write(): Promise<void> {
    written += 1
    expect((await agent.write(`notes/${written}`, `note ${written}`)).status).toBe(201)
  }

  await test.step('a login page with status 200', async () => {
    await line.setFaults({ kind: 'html' })
    line.cut()
    await write()
    await expect(badgeOf(page)).toContainText('Something that is not the platform answered (no JSON). 1 edit saved on this computer.')
    await expect(page.getByText(/^As of /)).toBeVisible()
    await back()
  })

  await test.step('JSON that breaks off', async () => {
    await line.setFaults({ kind: 'truncated_json' })
    line.cut()
    await write()
    await expect(badgeOf(page)).toContainText('Offline.')
    await badgeOf(page).click()
    await expect(page.getByText('The answer broke off.')).toBeVisible()
    await page.keyboard.press('Escape')
    await back()
  })

  await test.step('an answer that is lost after the platform has acted', async () => {
    await line.setFaults({ kind: 'lose_answer', share: 1, match: ({ path }) => path.startsWith('/v1/sync/push') })
    await write()
    await expect.poll(() => platform.envelopes().length).toBe(written)
    await stage.go(page, '/outbox')
    await expect(page.getByRole('row').filter({ hasText: 'Waiting' })).toHaveCount(1)
    await back()
    await expect(page.getByRole('row').filter({ hasText: 'Delivered' })).toHaveCount(written)
  })

  await test.step('a platform that takes two seconds for everything: the page waits for nothing', async () => {
    await line.setFaults({ kind: 'slow_answer', delayMs: 2_000 })
    await write()
    const before = performance.now()
    await page.getByRole('link', { name: 'Overview' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
    await expect(page.getByRole('meter', { name: 'Encrypted bytes' })).toBeVisible()
    expect(performance.now() - before).toBeLessThan(1_500)
    await expect.poll(() => platform.envelopes().length).toBe(written)
    await back()
  })
})

test('a clock that is wrong by more than two minutes is said, and nothing else suffers', async ({ stage }) => {
  const platform = await stage.platform()
  const ahead = pathToFileURL(join(import.meta.dirname, 'support/clock-ahead.mjs')).href
  const computer = await stage.computer(platform, { env: { NODE_OPTIONS: `--import ${ahead}` } })
  const agent = await computer.agent('keeper')
  const page = await stage.page(computer)
  await expect(page.getByRole('region', { name: 'Warnings' })).toContainText('The clock of this computer is 10 minutes ahead of the platform’s.')
  await expect(page.getByText('The clock of this computer')).toHaveCount(1)
  expect((await agent.write('notes/1', 'one')).status).toBe(201)
  await expect.poll(() => platform.envelopes().length).toBe(1)
  await badgeOf(page).click()
  await expect(page.getByRole('dialog').getByText(/The clock of this computer is 10 min/)).toBeVisible()
})
