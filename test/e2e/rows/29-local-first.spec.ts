import { expect, test } from '../support/stage.ts'
import { badgeOf, syncNow } from '../support/sync-now.ts'

test('without the platform the console starts with its last state, queues what is written, and delivers it later', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const agent = await computer.agent('researcher')
  expect((await agent.write('notes/before', 'written online')).status).toBe(201)
  await expect.poll(() => platform.envelopes().length).toBe(1)
  await computer.stop()
  await line.setFaults({ kind: 'refuse' })

  await computer.start()
  const page = await stage.page(computer)
  await test.step('the last state, its age and what still works', async () => {
    await expect(page.getByText(/^As of /)).toBeVisible()
    const badge = page.getByRole('button', { name: /^Connection:/ })
    await expect(badge).toContainText('Offline. Everything you see is kept on this computer. Data from')
    await expect(page.getByRole('meter', { name: 'Encrypted bytes' })).toHaveAttribute('aria-valuetext', /of 26,214,400 bytes/)
    const plan = page.getByRole('region', { name: 'Plan', exact: true })
    await expect(plan.getByText('Free · $0', { exact: true })).toBeVisible()
    for (const path of ['/usage', '/plans', '/invoices', '/alerts', '/audit']) {
      await stage.go(page, path)
      await expect(page.getByRole('main'), path).toContainText(/as of \d/i)
    }
    await stage.go(page, '/upgrade')
    await expect(page.getByRole('status').getByText('Offline: a checkout needs an answer from the platform.')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Choose Pro' })).toBeDisabled()
    await page.getByRole('link', { name: 'Devices & sub-keys' }).click()
    await expect(page.getByRole('button', { name: 'Create sub-key' })).toBeDisabled()
    await page.getByRole('link', { name: 'Settings' }).click()
    await expect(page.getByLabel('Organisation name')).toHaveValue('Harbour Research')
  })

  await test.step('an agent writes as always', async () => {
    const answer = await agent.write('notes/offline', 'written offline')
    expect(answer.status).toBe(201)
    expect((await agent.read('notes/offline')).body.toString()).toBe('written offline')
  })

  await test.step('edits are queued and shown beside the value; one is undone', async () => {
    await page.getByLabel('Organisation name').fill('Harbour Institute')
    await page.getByLabel('Organisation name').press('Enter')
    const name = page.locator('form').filter({ has: page.getByLabel('Organisation name') })
    await expect(name.getByText(/^(Queued|Waiting)$/)).toBeVisible()
    await expect(name.getByText('The platform still has “Harbour Research”.')).toBeVisible()

    const mail = page.locator('form').filter({ has: page.getByLabel('Billing e-mail') })
    await mail.getByLabel('Billing e-mail').fill('nobody@harbour.example')
    await mail.getByRole('button', { name: 'Save' }).click()
    await expect(mail.getByText('The platform still has “billing@harbour.example”.')).toBeVisible()
    await mail.getByRole('button', { name: 'Undo the edit' }).click()
    await expect(mail.getByText(/The platform still has/)).toBeHidden()
    await expect(mail.getByLabel('Billing e-mail')).toHaveValue('billing@harbour.example')
    await expect(page.getByRole('button', { name: /^Connection:/ })).toContainText('2 edits saved on this computer')
  })

  await test.step('what is queued survives a crash and a second start', async () => {
    await computer.kill()
    await expect(page.getByText('The console lost its engine')).toBeVisible()
    await computer.start()
    await stage.enter(page, computer, '/settings')
    const name = page.locator('form').filter({ has: page.getByLabel('Organisation name') })
    await expect(name.getByLabel('Organisation name')).toHaveValue('Harbour Institute')
    await expect(name.getByText('The platform still has “Harbour Research”.')).toBeVisible()
    await stage.go(page, '/outbox')
    await expect(page.getByRole('row').filter({ hasText: 'org_name' })).toContainText(/Queued|Waiting/)
    await expect(
      page
        .getByRole('row')
        .filter({ hasText: 'researcher' })
        .filter({ hasText: /Queued|Waiting/ }),
    ).toHaveCount(1)
  })

  await test.step('the platform is back: delivered and confirmed', async () => {
    await line.setFaults()
    await syncNow(page)
    await expect.poll(() => platform.setting('org_name')?.value).toBe('Harbour Institute')
    await expect.poll(() => platform.envelopes().length).toBe(2)
    expect(platform.setting('billing_email')?.value).toBe('billing@harbour.example')
    await expect(page.getByText('Nothing is waiting to leave.')).toBeVisible()
    await stage.go(page, '/settings')
    await expect(page.getByLabel('Organisation name')).toHaveValue('Harbour Institute')
    await expect(page.getByText(/The platform still has/)).toBeHidden()
  })
})

test('a setting that was changed on both sides shows mine and theirs, and either can be kept', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const page = await stage.page(computer, '/settings')
  const badge = badgeOf(page)
  const name = page.locator('form').filter({ has: page.getByLabel('Organisation name') })
  await expect(name.getByLabel('Organisation name')).toHaveValue('Harbour Research')

  async function editOnBothSides(mine: string, theirs: string): Promise<void> {
    await line.setFaults({ kind: 'refuse' })
    await expect(badge).toContainText('Offline')
    await name.getByLabel('Organisation name').fill(mine)
    await name.getByRole('button', { name: 'Save' }).click()
    await expect(name.getByText(/The platform still has/)).toBeVisible()
    expect((await platform.ask('PUT', '/api/billing/settings', { key: 'org_name', value: theirs })).status).toBe(200)
    await line.setFaults()
    await syncNow(page)
    await expect(name.getByText('Rejected')).toBeVisible()
    await name.getByRole('button', { name: 'Show in the outbox' }).click()
    await page.getByRole('row').filter({ hasText: 'org_name' }).filter({ hasText: 'Rejected' }).click()
    const sides = page.getByRole('region', { name: 'Both sides changed this' })
    await expect(sides.getByText(mine, { exact: true })).toBeVisible()
    await expect(sides.getByText(theirs, { exact: true })).toBeVisible()
  }

  await editOnBothSides('Mine first', 'Theirs first')
  await page.getByRole('button', { name: 'Keep yours' }).click()
  await expect.poll(() => platform.setting('org_name')?.value).toBe('Mine first')
  await page.keyboard.press('Escape')

  await stage.go(page, '/settings')
  await expect(name.getByText(/The platform still has/)).toBeHidden()
  await editOnBothSides('Mine second', 'Theirs second')
  await page.getByRole('button', { name: 'Keep the platform’s' }).click()
  await page.keyboard.press('Escape')
  await stage.go(page, '/settings')
  await expect(name.getByLabel('Organisation name')).toHaveValue('Theirs second')
  await expect(name.getByText(/The platform still has/)).toBeHidden()
  expect(platform.setting('org_name')?.value).toBe('Theirs second')
})
