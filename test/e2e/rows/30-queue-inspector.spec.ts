import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { z } from 'zod'
import { type Agent, megabytes } from '../support/agent.ts'
import { buyPlan } from '../support/buy-plan.ts'
import { expect, test } from '../support/stage.ts'
import { syncNow } from '../support/sync-now.ts'

const isPush = ({ path }: { path: string }): boolean => path.startsWith('/v1/sync/push')

test('a rejected write shows the platform’s words and its attempts, and can be exported, discarded, brought back and retried', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const agent = await computer.agent('tester')
  const page = await stage.page(computer, '/outbox')
  const row = (state: string) => page.getByRole('row').filter({ hasText: state })

  await line.setFaults({ kind: 'refuse' })
  const ids = await writeAll(agent, ['good/1', 'too large', 'good/2'])
  await expect(row('tester')).toHaveCount(3)
  await line.setFaults({
    kind: 'answer',
    status: 413,
    body: { code: 'envelope_too_large', message: 'This envelope is larger than this platform takes.', _suggestion: 'Split it.' },
    match: ({ path, body }) => isPush({ path }) && body.includes(ids[1] ?? ''),
  })
  await syncNow(page)
  await expect(row('Delivered')).toHaveCount(2)
  await expect(row('Rejected')).toHaveCount(1)

  await test.step('filters', async () => {
    await page.getByRole('button', { name: /^Rejected/ }).click()
    await expect(page.getByText('1 write', { exact: true })).toBeVisible()
    await expect(row('Delivered')).toHaveCount(0)
    await page.getByLabel('Kind').selectOption('Setting')
    await expect(page.getByText('No write matches these filters')).toBeVisible()
    await page.getByRole('button', { name: 'Clear filters' }).first().click()
    await page.getByLabel('Agent').selectOption('tester')
    await expect(row('tester')).toHaveCount(3)
    await page.reload()
    await expect(row('tester')).toHaveCount(3)
    await expect(page.getByLabel('Agent')).toHaveValue(agent.subKeyId)
    await page.getByRole('button', { name: 'Clear filters' }).click()
  })

  const drawer = page.getByRole('dialog')
  await test.step('details: its name, the platform’s words, every attempt', async () => {
    await row('Rejected').click()
    await expect(drawer.getByRole('heading', { name: 'too large' })).toBeVisible()
    await expect(drawer.getByText('This envelope is larger than this platform takes.').first()).toBeVisible()
    const attempts = drawer.getByRole('region', { name: 'Attempts' })
    await expect(attempts.getByText(/HTTP 413 · envelope_too_large/)).toBeVisible()
    await expect(attempts.getByText('Rejected')).toBeVisible()
  })

  await test.step('export one', async () => {
    const exported = await download(page, () => drawer.getByRole('button', { name: 'Export' }).click())
    expect(exported).toHaveLength(1)
    expect(JSON.stringify(exported[0])).toContain(ids[1])
    expect(JSON.stringify(exported[0])).not.toContain('content of too large')
  })

  await test.step('discard, undo, retry', async () => {
    await drawer.getByRole('button', { name: 'Discard' }).click()
    await expect(drawer.getByText('Discarded').first()).toBeVisible()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByText('1 write is back in the outbox.')).toBeVisible()
    await expect(drawer.getByText('Rejected').first()).toBeVisible()
    await line.setFaults()
    await drawer.getByRole('button', { name: 'Retry' }).click()
    await expect(drawer.getByText('Delivered').first()).toBeVisible()
    expect(platform.envelopes().map(({ id }) => id)).toContain(ids[1])
    await page.keyboard.press('Escape')
  })
})

test('many rejected writes are chosen, exported, discarded, brought back and retried together', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const agent = await computer.agent('tester')
  const page = await stage.page(computer, '/outbox')
  const chip = (state: string) => page.getByRole('button', { name: new RegExp(`^${state}`) })

  await line.setFaults({ kind: 'refuse' })
  const ids = await writeAll(agent, ['bad/1', 'bad/2', 'bad/3', 'bad/4', 'bad/5'])
  const results = ids.map((id) => ({ id, status: 'invalid', code: 'invalid_envelope', message: 'The ciphertext is not what its hash says.' }))
  await line.setFaults({ kind: 'answer', status: 200, body: { results, counters: [] }, match: isPush })
  await syncNow(page)
  await expect(chip('Rejected')).toHaveText(/5/)
  await expect(page.getByRole('link', { name: 'Outbox' })).toContainText('5')
  await chip('Rejected').click()
  await expect(page.getByRole('row').filter({ hasText: 'The ciphertext is not what its hash says.' })).toHaveCount(5)

  await page.getByRole('checkbox', { name: 'Choose all that match the filter' }).click()
  await expect(page.getByText('All 5 that match')).toBeVisible()
  const exported = await download(page, () => page.getByRole('toolbar').getByRole('button', { name: 'Export' }).click())
  expect(exported.map((entry) => z.looseObject({ id: z.string() }).parse(entry).id).sort()).toEqual([...ids].sort())
  await page.getByRole('toolbar').getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByText('5 writes were discarded.')).toBeVisible()
  await expect(page.getByText('No write matches these filters')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('5 writes are back in the outbox.')).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'Rejected' })).toHaveCount(5)

  await line.setFaults()
  await page.getByRole('checkbox', { name: 'Choose all that match the filter' }).click()
  await page.getByRole('toolbar').getByRole('button', { name: 'Retry' }).click()
  await expect.poll(() => platform.envelopes().length).toBe(5)
  await expect(chip('Rejected')).toHaveText(/0/)
  await expect(chip('Delivered')).toHaveText(/5/)
})

test('what is held is shown for each agent and each limit, with what an upgrade would release; the lead is told when it has left', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const archivist = await computer.agent('archivist')
  const scribe = await computer.agent('scribe')
  const page = await stage.page(computer, '/outbox')
  // 23.7 MiB of 25 MiB: then two of the one and one of the other are held.
  for (const piece of [1, 2, 3]) expect((await archivist.write(`large/${piece}`, megabytes(7.9))).status).toBe(201)
  await expect.poll(() => platform.envelopes().length).toBe(3)
  for (const memoryId of ['late/1', 'late/2']) expect((await archivist.write(memoryId, megabytes(3))).status).toBe(201)
  expect((await scribe.write('late/3', megabytes(4))).status).toBe(201)

  await page.getByRole('button', { name: 'Held by agent and limit' }).click()
  const held = page.getByRole('region', { name: 'Summary' })
  await expect(held.getByText('archivist', { exact: true }).locator('xpath=..')).toContainText('2 writes, 6 MiB')
  await expect(held.getByText('scribe', { exact: true }).locator('xpath=..')).toContainText('1 write, 4 MiB')
  await expect(held.getByText('Encrypted bytes', { exact: true }).locator('xpath=..')).toContainText('3 writes, 10 MiB')

  await page.getByRole('button', { name: 'What would an upgrade release?' }).click()
  const releases = page.getByRole('row', { name: /^Of what is held here/ })
  await expect(releases.getByRole('cell').nth(1)).toContainText('Releases all 3 writes')
  await buyPlan(page, 'Pro')
  await expect(page.getByText('3 held writes have been delivered. Nothing is held any more.')).toBeVisible({ timeout: 60_000 })
  expect(platform.envelopes()).toHaveLength(6)
})

test('files and a folder are imported from the page with progress; a running import can be cancelled', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const page = await stage.page(computer, '/outbox')
  const folder = await stage.folder('files')
  await writeFile(join(folder, 'one.txt'), 'the first file')
  await writeFile(join(folder, 'two.bin'), megabytes(2.5))
  await writeFile(join(folder, 'giant.bin'), megabytes(9))
  await mkdir(join(folder, 'notes', 'deep'), { recursive: true })
  for (let index = 0; index < 40; index += 1) await writeFile(join(folder, 'notes', index < 20 ? '' : 'deep', `${index}.md`), `note ${index}`)

  const dialog = page.getByRole('dialog')
  await test.step('files, of which one is too large', async () => {
    await page.getByRole('button', { name: 'Import' }).first().click()
    await dialog
      .locator('input[type=file]')
      .first()
      .setInputFiles([join(folder, 'one.txt'), join(folder, 'two.bin'), join(folder, 'giant.bin')])
    await expect(dialog.getByText(/^Import finished\. 3 of 3 files/)).toBeVisible()
    await expect(dialog.getByText('1 file was refused')).toBeVisible()
    await expect(dialog.getByRole('listitem').filter({ hasText: 'giant.bin' })).toBeVisible()
    await expect(page.getByText('2 files are sealed and in the outbox.')).toBeVisible()
    await expect.poll(() => platform.envelopes().length).toBe(2)
  })

  await test.step('a folder with folders in it', async () => {
    await dialog.getByRole('button', { name: 'Import more' }).click()
    await dialog.locator('input[type=file]').nth(1).setInputFiles(join(folder, 'notes'))
    await expect(dialog.getByText(/^Import finished\. 40 of 40 files/)).toBeVisible()
    await expect.poll(() => platform.envelopes().length).toBe(42)
    await page.keyboard.press('Escape')
    await page.getByRole('row').filter({ hasText: 'This console' }).first().click()
    await expect(page.getByRole('dialog').getByRole('heading', { level: 2 })).toHaveText(/^notes\/(deep\/)?\d+\.md$/)
    await page.keyboard.press('Escape')
  })

  await test.step('cancelled: what was sealed stays, the rest is not imported', async () => {
    const many = join(folder, 'many')
    await mkdir(many)
    await Promise.all(Array.from({ length: 2_000 }, (_, index) => writeFile(join(many, `${index}.txt`), `one of many ${index}`)))
    await page.getByRole('button', { name: 'Import' }).first().click()
    await dialog.locator('input[type=file]').nth(1).setInputFiles(many)
    await expect(dialog.getByRole('progressbar', { name: 'Import progress' })).toBeVisible()
    await dialog.getByRole('button', { name: 'Cancel the import' }).click()
    await expect(dialog.getByText(/^Import cancelled\. What was sealed before stays in the outbox\./)).toBeVisible()
    const workspaceId = await computer.workspaceId()
    const total = async () => Object.values((await computer.call('outbox.tally', { workspaceId })).tally).reduce((sum, { count }) => sum + count, 0)
    const atCancel = await total()
    expect(atCancel).toBeLessThan(2_042)
    await expect.poll(() => platform.envelopes().length).toBe(atCancel)
    expect(await total()).toBe(atCancel)
  })
})

async function writeAll(agent: Agent, memoryIds: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const memoryId of memoryIds) {
    const answer = await agent.write(memoryId, `content of ${memoryId}`)
    expect(answer.status).toBe(201)
    ids.push(z.looseObject({ envelope_id: z.string() }).parse(JSON.parse(answer.body.toString())).envelope_id)
  }
  return ids
}

/** The lines of a JSON-lines file that a click downloads. */
async function download(page: Page, click: () => Promise<void>): Promise<unknown[]> {
  const waiting = page.waitForEvent('download')
  await click()
  const text = await readFile(await (await waiting).path(), 'utf8')
  return text
    .split('\n')
    .filter((entry) => entry !== '')
    .map((entry): unknown => JSON.parse(entry))
}
