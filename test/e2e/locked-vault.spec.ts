import { z } from 'zod'
import { megabytes } from './support/agent.ts'
import { buyPlan } from './support/buy-plan.ts'
import { expect, test } from './support/stage.ts'

const passphrase = 'a long tide table'

test('a locked vault reviews, syncs, upgrades and delivers what was sealed; only sealing and opening wait for the passphrase', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const agent = await computer.agent('night writer')
  const page = await stage.page(computer, '/settings')
  const sealed = [1, 2, 3, 4]
  const contents = sealed.map(() => megabytes(7))

  await test.step('a passphrase is set', async () => {
    await page.getByRole('button', { name: 'Set a passphrase', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('New passphrase', { exact: true }).fill(passphrase)
    await dialog.getByLabel('New passphrase again').fill(`${passphrase} wrong`)
    await expect(dialog.getByText('These two differ.')).toBeVisible()
    await expect(dialog.getByRole('button', { name: 'Set a passphrase' })).toBeDisabled()
    await dialog.getByLabel('New passphrase again').fill(passphrase)
    await dialog.getByRole('button', { name: 'Set a passphrase' }).click()
    await expect(page.getByText('A passphrase is asked for at each start.')).toBeVisible()
  })

  await test.step('writes are sealed while the platform is away, more than Free has room for', async () => {
    await platform.stop()
    for (const [index, bytes] of contents.entries()) expect((await agent.write(`night/${index}`, bytes, 'application/octet-stream')).status).toBe(201)
    await computer.stop()
    await platform.restart()
  })

  // From here to the unlocking the key is never in this process.
  await computer.start()
  await stage.enter(page, computer)
  await test.step('the page says so, and says what goes on', async () => {
    await expect(page.getByText('The vault is locked')).toBeVisible()
    await expect(page.getByText(/^Reviewing, syncing, upgrading and the delivery of sealed writes go on\./)).toBeVisible()
    const workspaceId = await computer.workspaceId()
    expect((await computer.call('vault.status', {})).state).toBe('locked')
    expect((await computer.call('subKeys.list', { workspaceId })).map(({ name }) => name)).toEqual(['night writer'])
  })

  await test.step('the agents’ door answers 503', async () => {
    const answer = await agent.write('night/new', 'not now')
    expect([answer.status, answer.code]).toEqual([503, 'vault_locked'])
    expect((await agent.read('night/0')).code).toBe('vault_locked')
    await stage.go(page, '/outbox?import=open')
    await expect(page.getByRole('dialog').getByText('The vault is locked')).toBeVisible()
    await page.keyboard.press('Escape')
  })

  await test.step('sealed writes are delivered and held, and released by an upgrade', async () => {
    await expect.poll(() => platform.envelopes().length).toBe(3)
    await stage.go(page, '/')
    await expect(page.getByRole('heading', { name: '1 write is held on this computer' })).toBeVisible()
    await buyPlan(page, 'Pro')
    await expect.poll(() => platform.envelopes().length).toBe(4)
    await expect(page.getByRole('heading', { name: /held on this computer/ })).toBeHidden()
  })

  await test.step('the account is billed right although no key was loaded', async () => {
    await stage.go(page, '/')
    const opening = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Manage subscription' }).click()
    const portal = await opening
    await expect(portal.getByRole('row').filter({ hasText: 'first month' })).toContainText(/\$19\s*Paid/)
    await portal.close()
    const { meters, plan } = await computer.call('overview.read', { workspaceId: await computer.workspaceId() })
    expect([plan?.id, plan?.priceCents]).toEqual(['pro', 1900])
    const stored = platform.envelopes().reduce((sum, { size_bytes }) => sum + size_bytes, 0)
    await expect
      .poll(
        async () =>
          (await computer.call('overview.read', { workspaceId: await computer.workspaceId() })).meters.find(({ id }) => id === 'encrypted_bytes')?.used,
      )
      .toBe(stored)
    expect(meters.map(({ id }) => id).sort()).toEqual(['api_sub_keys', 'encrypted_bytes', 'sync_devices', 'sync_operations'])
    await stage.go(page, '/honesty')
    await expect(page.getByRole('row', { name: /Ciphertext stored from this device/ })).toContainText('Agrees')
    await expect(page.getByText('Differs')).toHaveCount(0)
  })

  await test.step('a wrong passphrase is refused, the right one opens', async () => {
    await stage.go(page, '/')
    await page.getByLabel('Passphrase').fill('a short tide table')
    await page.getByRole('button', { name: 'Unlock' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'This passphrase does not open' })).toBeVisible()
    expect((await agent.write('night/new', 'not now')).status).toBe(503)
    await page.getByLabel('Passphrase').fill(passphrase)
    await page.getByRole('button', { name: 'Unlock' }).click()
    await expect(page.getByText('The vault is locked')).toBeHidden()
    for (const [index, bytes] of contents.entries()) {
      const back = await agent.read(`night/${index}`)
      expect(back.status).toBe(200)
      expect(back.body.equals(bytes)).toBe(true)
    }
    const answer = await agent.write('night/new', 'now')
    expect(answer.status).toBe(201)
    expect(z.looseObject({ revision: z.int() }).parse(JSON.parse(answer.body.toString())).revision).toBe(1)
    await expect.poll(() => platform.envelopes().length).toBe(5)
  })
})
