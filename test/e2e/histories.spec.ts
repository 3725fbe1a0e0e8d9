/** More than one history of an account: a platform that was put back, and a new computer beside what another one sealed. */
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './support/stage.ts'

const passphrase = 'kept in a drawer elsewhere'

test('a platform that was put back is noticed, and what it lost is sent again, in words', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const agent = await computer.agent('scribe')
  expect((await agent.write('harbour', 'first')).status).toBe(201)
  await expect.poll(() => platform.envelopes().length).toBe(1)
  const copy = join(await stage.folder('copy'), 'platform')
  await platform.stop()
  await cp(platform.dataDir, copy, { recursive: true })
  await platform.restart()
  const page = await stage.page(computer, '/')
  expect((await agent.write('harbour', 'second')).status).toBe(201)
  expect((await agent.write('tide', 'third')).status).toBe(201)
  await expect.poll(() => platform.envelopes().length).toBe(3)
  await page.reload()
  await platform.stop()
  await rm(platform.dataDir, { recursive: true })
  await cp(copy, platform.dataDir, { recursive: true })
  await platform.restart()
  expect(platform.envelopes()).toHaveLength(1)

  const words = '2 writes were missing there; they are sent again.'
  for (const path of ['/', '/outbox', '/honesty']) {
    await stage.go(page, path)
    const notice = page.getByRole('status').filter({ hasText: /^The platform went back to / })
    await expect(notice.getByText(words)).toBeVisible({ timeout: 30_000 })
  }
  await expect.poll(() => platform.envelopes().length).toBe(3)
  expect((await agent.read('harbour')).body.toString()).toBe('second')
  const audit = page.getByRole('region', { name: 'This device’s count against the platform’s' })
  await expect(audit.getByRole('row', { name: /Envelopes stored/ }).getByText('Agrees')).toBeVisible()
  await page.getByRole('button', { name: 'Got it' }).click()
  await expect(page.getByText(words)).toHaveCount(0)
})

test('a new computer is offered the key of what another one sealed, and its Outbox moves as they come', async ({ stage }) => {
  const platform = await stage.platform()
  const first = await stage.computer(platform)
  const agent = await first.agent('archivist')
  for (let number = 0; number < 30; number += 1) expect((await agent.write(`plans/${number}`, `text ${number}`)).status).toBe(201)
  await expect.poll(() => platform.envelopes().length).toBe(30)
  const page = await stage.page(first, '/settings')
  await page.getByRole('button', { name: 'Download a backup' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Passphrase for the backup', { exact: true }).fill(passphrase)
  await dialog.getByLabel('Passphrase for the backup again').fill(passphrase)
  const downloading = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Download a backup' }).click()
  const backupPath = await (await downloading).path()
  await first.stop()

  const second = await stage.computer(platform)
  const late = await stage.page(second, '/outbox')
  const card = late.getByRole('status').filter({ hasText: '30 envelopes of this account were sealed on another computer.' })
  await expect(card).toBeVisible()
  await card.getByRole('button', { name: 'Bring its key' }).click()
  const importing = late.getByRole('dialog')
  await importing.getByLabel('Backup file').setInputFiles(backupPath)
  await importing.getByLabel('Passphrase of the backup').fill(passphrase)
  await importing.getByRole('button', { name: 'Import a backup' }).click()
  await expect(importing).toHaveCount(0)

  await stage.go(late, '/outbox')
  await late.getByRole('button', { name: 'Fetch them' }).click()
  await expect(late.getByText('30 writes').first()).toBeVisible()
  await expect(late.getByText('plans/29')).toBeVisible()
  await expect(late.getByText(/^Memory [0-9a-f]{10}$/)).toHaveCount(0)
  await expect(card).toHaveCount(0)
})
