import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { auditLogsResponse } from '../../../shared/contract/platform/audit.ts'
import { expectAccessible } from '../support/accessibility.ts'
import { expect, test } from '../support/stage.ts'

/** The seed's list, "What gets logged", as the operations of this product. */
const actions = [
  ...['user.create', 'user.delete', 'user.state_change', 'session.revoke'],
  ...['permission.check', 'tuple.create', 'opl.update'],
  ...['branch.create', 'branch.delete', 'backup.create', 'backup.restore', 'schema.change'],
  ...['bucket.create', 'bucket.delete', 'policy.change'],
  ...['key.create', 'key.revoke'],
  ...['webhook.create', 'webhook.test', 'webhook.enable', 'webhook.disable', 'webhook.delete'],
]

const list = (page: Page) => page.getByRole('grid', { name: /^Audit log entries/ })
const rows = (page: Page) => list(page).locator('[data-row-index]')
const count = (page: Page) => page.getByRole('status').filter({ hasText: /entr(?:y|ies)$/ })

test('the audit log: every action of the seed, with action, actor, target, metadata, created_at; filtered, searched, expanded, offline', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const token = platform.tokenOf('truss')
  for (const action of actions) {
    const { status } = await platform.ask(
      'POST',
      '/v1/operations',
      { action, target: `${action.split('.')[0]}/of-${action}`, metadata: { by: 'the spec', of: action } },
      token,
    )
    expect(status, action).toBe(201)
  }
  const logged = auditLogsResponse.parse((await platform.ask('GET', '/api/billing/audit-logs?limit=50&offset=0', undefined, token)).body)
  expect(logged.entries.map(({ action }) => action)).toEqual([...actions].reverse())

  const computer = await stage.computer(platform, { at: line.url, token })
  const page = await stage.page(computer, '/audit')
  await expect(count(page)).toHaveText(`${actions.length} entries`)

  await test.step('each row says who did what, and opens to the whole metadata as JSON, by mouse and by keyboard', async () => {
    const row = rows(page).filter({ hasText: 'branch.create' })
    await expect(row).toContainText('Tara Okafor')
    await expect(row).toContainText('branch/of-branch.create')
    await row.click()
    await expect(row.getByRole('button', { name: /^Details of entry/ })).toHaveAttribute('aria-expanded', 'true')
    const details = page.getByRole('region', { name: /^Details of entry/ })
    await expect(details.getByLabel('Metadata')).toHaveText('{\n  "by": "the spec",\n  "of": "branch.create"\n}')
    await expect(details).toContainText(logged.entries.find(({ action }) => action === 'branch.create')?.hash ?? '')
    await expect(details).toContainText(logged.entries.find(({ action }) => action === 'branch.create')?.created_at ?? '')
    await expectAccessible(page, 'audit log')
    await row.press('Enter')
    await expect(details).toBeHidden()
  })

  await test.step('the chain of hashes is verified on this computer', async () => {
    await expect(page.getByText(`Verified on this computer: ${actions.length} entries in one unbroken chain.`)).toBeVisible()
  })

  await test.step('an action that is done now comes by itself', async () => {
    await platform.operate(token, 'backup.create', 'backup/live')
    await expect(rows(page).first()).toContainText('backup/live')
    await expect(page.getByText(`Verified on this computer: ${actions.length + 1} entries`)).toBeVisible()
  })

  await line.setFaults({ kind: 'refuse' })
  line.cut()
  await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
  await computer.stop()
  await computer.start()
  await stage.enter(page, computer, '/audit')

  await test.step('offline, after a restart: filter by action', async () => {
    await page.getByLabel('Action', { exact: true }).selectOption('backup.create')
    await expect(count(page)).toHaveText('2 entries')
    await expect(rows(page)).toHaveCount(2)
    expect(page.url()).toContain('action=backup.create')
    await page.goBack()
    await expect(count(page)).toHaveText(`${actions.length + 1} entries`)
  })

  await test.step('search by keyword, by the beginning of any word, and never as an operator', async () => {
    await page.getByLabel('Search', { exact: true }).fill('backup')
    await expect(count(page)).toHaveText('3 entries')
    await expect(rows(page)).toContainText(['backup.create', 'backup.restore', 'backup.create'])
    await page.getByLabel('Search', { exact: true }).fill('BACK rest')
    await expect(rows(page)).toHaveCount(1)
    await page.getByLabel('Search', { exact: true }).fill('okaf webhook.t')
    await expect(rows(page)).toContainText(['webhook.test'])
    await page.getByLabel('Search', { exact: true }).fill('" OR action:')
    await expect(page.getByText('No entry fits these filters')).toBeVisible()
    await page.getByRole('button', { name: 'Clear filters' }).first().click()
    await expect(count(page)).toHaveText(`${actions.length + 1} entries`)
  })

  await test.step('a range of days', async () => {
    const today = await page.evaluate(() => new Intl.DateTimeFormat('en-CA').format(new Date()))
    await page.getByLabel('To', { exact: true }).fill('2025-01-31')
    await expect(page.getByText('No entry fits these filters')).toBeVisible()
    await page.getByLabel('To', { exact: true }).fill('')
    await page.getByLabel('From', { exact: true }).fill('2099-01-01')
    await expect(page.getByText('No entry fits these filters')).toBeVisible()
    await page.getByLabel('From', { exact: true }).fill(today)
    await expect(count(page)).toHaveText(`${actions.length + 1} entries`)
  })

  await test.step('export of what the filters find, as CSV and as JSON', async () => {
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByLabel('Action', { exact: true }).selectOption('key.create')
    await expect(count(page)).toHaveText('1 entry')
    const save = async (kind: RegExp): Promise<string> => {
      await page.getByRole('button', { name: 'Export' }).click()
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: kind }).click()])
      expect(download.suggestedFilename()).toMatch(/^acme-cloud-audit-log-\d{4}-\d\d-\d\d\.(?:csv|json)$/)
      return await readFile(await download.path(), 'utf8')
    }
    const [entry] = logged.entries.filter(({ action }) => action === 'key.create')
    expect(JSON.parse(await save(/^JSON/))).toEqual([
      {
        sequence: entry?.sequence,
        created_at: entry?.created_at,
        action: 'key.create',
        actor: entry?.actor,
        actor_name: 'Tara Okafor',
        target: 'key/of-key.create',
        metadata: entry?.metadata,
        hash: entry?.hash,
      },
    ])
    const [head, row, end] = (await save(/^CSV for programs/)).split('\r\n')
    expect(head).toBe('sequence,created_at,action,actor,actor_name,target,metadata,hash')
    expect(row).toContain(`${entry?.sequence},${entry?.created_at},key.create,${entry?.actor},Tara Okafor,key/of-key.create,`)
    expect(end).toBe('')
  })
})

test('retention is indefinite by default; a shorter one says what it takes away, is pending offline, and keeps the chain', async ({ stage }) => {
  const platform = await stage.platform({ history: true })
  const line = await stage.proxy(platform)
  const token = platform.tokenOf('truss')
  const computer = await stage.computer(platform, { at: line.url, token })
  const page = await stage.page(computer, '/audit')
  await expect(page.getByText(/^Verified on this computer: [\d,]{4,} entries in one unbroken chain\./)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('Kept for ever')).toBeVisible()

  await line.setFaults({ kind: 'refuse' })
  line.cut()
  await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
  await page.getByRole('button', { name: 'Change how long' }).click()
  const dialog = page.getByRole('dialog', { name: 'How long entries are kept' })
  await dialog.getByLabel('Keep entries').selectOption('30 days')
  await expect(dialog.getByText(/^[\d,]{4,} entries are older than that\./)).toBeVisible()
  await dialog.getByRole('button', { name: 'Keep to this' }).click()
  await expect(page.getByText('Kept for 30 days')).toBeVisible()
  await expect(page.getByText('The platform still keeps entries for ever.')).toBeVisible()

  await line.setFaults()
  await expect(page.getByText('The platform still keeps entries for ever.')).toBeHidden({ timeout: 60_000 })
  await expect(page.getByText(/[\d,]{4,} older entries were removed by the retention period\./)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/^Verified on this computer: \d{2,3} entries in one unbroken chain from entry [\d,]{4,} on\./)).toBeVisible()
  await page.getByLabel('Search', { exact: true }).fill('audit.expire')
  await expect(rows(page)).toHaveCount(1)
  await rows(page).click()
  await expect(page.getByLabel('Metadata')).toContainText('"last_id"')
})

test('an entry that was changed at the platform is found by a computer that reads it, and is said', async ({ stage }) => {
  const platform = await stage.platform()
  const token = platform.tokenOf('truss')
  for (const target of ['backup/one', 'backup/two', 'backup/three']) await platform.operate(token, 'backup.create', target)
  await platform.stop()
  const database = new Database(join(platform.dataDir, 'platform.db'))
  const { body } = z
    .object({ body: z.string() })
    .parse(database.prepare("SELECT body FROM changes WHERE topic = 'audit_entry' AND id = '2' AND body LIKE '%backup/two%'").get())
  database
    .prepare("UPDATE changes SET body = ? WHERE topic = 'audit_entry' AND id = '2' AND body LIKE '%backup/two%'")
    .run(body.replace('backup/two', 'backup/2'))
  database.close()
  await platform.restart()

  const page = await stage.page(await stage.computer(platform, { token }), '/audit')
  await expect(page.getByRole('alert')).toContainText('The chain does not hold at entry 2')
  await expect(rows(page)).toContainText(['backup/three', 'backup/2', 'backup/one'])
  await page.getByRole('button', { name: 'Verify again' }).click()
  await expect(page.getByRole('alert')).toContainText('The chain does not hold at entry 2')
})
