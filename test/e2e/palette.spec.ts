import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { invoicesResponse } from '../../shared/contract/platform/invoices.ts'
import { expectAccessible } from './support/accessibility.ts'
import { expect, test } from './support/stage.ts'
import { write } from './support/writing.ts'

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const details = (page: Page) => page.getByRole('dialog', { name: 'notes/secret plan' })

async function openPalette(page: Page) {
  await page.keyboard.press('Control+K')
  const palette = page.getByRole('dialog', { name: 'Search pages and actions' })
  await expect(palette.getByPlaceholder(/Search/)).toBeFocused()
  return palette
}

async function chooseByPalette(page: Page, words: string): Promise<void> {
  const palette = await openPalette(page)
  await page.keyboard.type(words)
  await expect(palette.getByRole('option', { name: words }).first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(palette).toBeHidden()
}

test('what is opened has an address, recent views are in the palette, and G reaches every page', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const agent = await computer.agent('tester')
  await write(agent, 'notes/secret plan', Buffer.from('the content'))
  const page = await stage.page(computer, '/outbox')
  const row = page.getByRole('row').filter({ hasText: 'notes/secret plan' })

  await test.step('Back closes a write, Forward opens it, and its cross leaves no copy of the list', async () => {
    await row.click()
    await expect(details(page)).toBeVisible()
    expect(page.url()).toMatch(/#\/outbox\?open=[\w-]+$/)
    await page.goBack()
    await expect(details(page)).toBeHidden()
    await expect(heading(page, 'Outbox')).toBeVisible()
    await page.goForward()
    await expect(details(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(details(page)).toBeHidden()
    expect(page.url()).toMatch(/#\/outbox$/)
    await page.goBack()
    await expect(heading(page, 'Overview')).toBeVisible()
    await page.goForward()
    await page.goForward()
  })

  await test.step('a reload opens it again, and an address that nothing answers to says so', async () => {
    await page.reload()
    await expect(details(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(details(page)).toBeHidden()
    await stage.go(page, '/outbox?open=nothing')
    await expect(page.getByRole('dialog').getByText(/no longer in the outbox/)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  })

  await test.step('recent views are first, without the one that is shown and without the name of a memory', async () => {
    await page.keyboard.press('g')
    await page.keyboard.press('h')
    await expect(heading(page, 'Honesty')).toBeVisible()
    const palette = await openPalette(page)
    const recent = palette.getByRole('group', { name: 'Recent' }).getByRole('option')
    await expect(recent.first()).toHaveText('Outbox')
    await expect(recent.nth(1)).toHaveText(/^Write \d+ in the outbox$/)
    await expectAccessible(page, 'palette')
    await recent.nth(1).click()
    await expect(details(page)).toBeVisible()
    expect(await page.evaluate(() => JSON.stringify(window.localStorage))).not.toContain('secret')
    await page.goBack()
    await expect(details(page)).toBeHidden()
    await expect(heading(page, 'Honesty')).toBeVisible()
  })

  await test.step('an action opens its dialogue on its page, and Back closes it', async () => {
    await chooseByPalette(page, 'Create a sub-key')
    const dialog = page.getByRole('dialog', { name: 'Create a sub-key' })
    await expect(dialog.getByLabel('Name of the agent')).toBeFocused()
    await page.keyboard.type('second')
    await page.keyboard.press('Enter')
    // Shown once: a press of Back must not take it away.
    const secret = page.getByRole('dialog', { name: 'Take the secret now' })
    await expect(secret).toBeVisible()
    await page.goBack()
    await expect(secret).toBeVisible()
    await secret.getByRole('button', { name: 'I have copied it' }).click()
    await expect(secret).toBeHidden()
    await chooseByPalette(page, 'Back up the key')
    await expect(page.getByRole('dialog', { name: 'Download a backup' })).toBeVisible()
    await page.goBack()
    await expect(page.getByRole('dialog')).toBeHidden()
  })

  await test.step('an agent by name: its row has the keyboard', async () => {
    await chooseByPalette(page, 'tester')
    await expect(heading(page, 'Devices & sub-keys')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Actions for tester' })).toBeFocused()
  })

  await test.step('files that are asked for', async () => {
    const [outbox] = await Promise.all([page.waitForEvent('download'), chooseByPalette(page, 'Export the outbox')])
    expect((await readFile(await outbox.path(), 'utf8')).trim().split('\n').length).toBeGreaterThan(0)
    const [diagnostics] = await Promise.all([page.waitForEvent('download'), chooseByPalette(page, 'Save diagnostics')])
    expect(await readFile(await diagnostics.path(), 'utf8')).toContain('{')
  })

  await test.step('a letter is a shortcut after a click on a checkbox and on a segment, and none in a field', async () => {
    await stage.go(page, '/outbox')
    const checkbox = page.getByRole('row').nth(1).getByRole('checkbox')
    await checkbox.click()
    await expect(checkbox).toBeFocused()
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await expect(heading(page, 'Settings')).toBeVisible()
    await page.getByLabel('Organisation name').fill('')
    await page.getByLabel('Organisation name').pressSequentially('go')
    await expect(page.getByLabel('Organisation name')).toHaveValue('go')
    await page.getByRole('region', { name: 'Appearance' }).getByText('Light', { exact: true }).click()
    await expect(page.getByRole('radio', { name: 'Light' })).toBeFocused()
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await expect(heading(page, 'Overview')).toBeVisible()
  })

  await test.step('G and a letter, as the list says', async () => {
    await page.keyboard.press('?')
    const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await expect(list).toBeVisible()
    const pages = await page.getByRole('navigation', { name: 'Main' }).getByRole('link').count()
    await expect(list.getByText(/^Go to /)).toHaveCount(pages)
    await page.keyboard.press('Escape')
    await expect(list).toBeHidden()
    for (const [letter, name] of [
      ['o', 'Overview'],
      ['p', 'Plans'],
      ['i', 'Invoices'],
      ['a', 'Alerts'],
      ['l', 'Audit log'],
      ['x', 'Outbox'],
      ['d', 'Devices & sub-keys'],
      ['s', 'Settings'],
    ] as const) {
      await page.keyboard.press('g')
      await page.keyboard.press(letter)
      await expect(heading(page, name)).toBeVisible()
    }
  })
})

test('entries of the audit log have addresses, its export and a budget are a few keys away', async ({ stage }) => {
  const platform = await stage.platform()
  const token = platform.tokenOf('truss')
  await platform.operate(token, 'branch.create', 'branch/one')
  await platform.operate(token, 'key.revoke', 'key/two')
  const computer = await stage.computer(platform, { token })
  const page = await stage.page(computer, '/audit')
  const row = (action: string) => page.getByRole('row', { name: new RegExp(action) }).first()
  const entries = page.getByRole('region', { name: /^Details of entry/ })

  await test.step('each opened entry is a step that Back takes back', async () => {
    await row('branch\\.create').click()
    await expect(entries).toHaveCount(1)
    await row('key\\.revoke').click()
    await expect(entries).toHaveCount(2)
    expect(page.url()).toMatch(/#\/audit\?open=\d+,\d+$/)
    await page.goBack()
    await expect(entries).toHaveCount(1)
    await page.goForward()
    await expect(entries).toHaveCount(2)
    await row('key\\.revoke').click()
    await expect(entries).toHaveCount(1)
    await page.reload()
    await expect(entries).toHaveCount(1)
    await expect(entries).toContainText('branch/one')
  })

  await test.step('one that no filter shows is opened above the list; an unknown one says so', async () => {
    const opened = /open=(\d+)/.exec(page.url())?.[1]
    await stage.go(page, `/audit?action=key.revoke&open=${opened}`)
    await expect(row('key\\.revoke')).toBeVisible()
    await expect(entries).toContainText('branch/one')
    await expectAccessible(page, 'audit entry above the list')
    await stage.go(page, '/audit?open=987654')
    await expect(page.getByText('Entry 987,654 is not on this computer')).toBeVisible()
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await expect(page.getByText('Entry 987,654 is not on this computer')).toBeHidden()
    expect(page.url()).toMatch(/#\/audit$/)
  })

  await test.step('export from another page, with the keyboard alone', async () => {
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await expect(heading(page, 'Overview')).toBeVisible()
    const [file] = await Promise.all([page.waitForEvent('download'), chooseByPalette(page, 'Export the audit log (CSV)')])
    expect(await readFile(await file.path(), 'utf8')).toContain('branch.create')
  })

  await test.step('a budget', async () => {
    await chooseByPalette(page, 'Add a budget')
    await expect(page.getByRole('dialog', { name: 'Add a budget' })).toBeVisible()
    await page.goBack()
    await expect(page.getByRole('dialog')).toBeHidden()
    await expect(heading(page, 'Alerts')).toBeVisible()
  })

  await test.step('a letter is a shortcut after a click on a switch', async () => {
    const switched = page.getByRole('switch').first()
    await switched.click()
    await expect(switched).toBeFocused()
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await expect(heading(page, 'Plans')).toBeVisible()
  })

  await test.step('verify again', async () => {
    await chooseByPalette(page, 'Verify the audit log again')
    await expect(page.getByText('The audit log is being verified again.')).toBeVisible()
  })

  await test.step('what the platform does not have is not offered', async () => {
    const palette = await openPalette(page)
    await page.keyboard.type('sub-key')
    await expect(palette.getByRole('option', { name: 'Create a sub-key' })).toHaveCount(0)
    await page.keyboard.press('Escape')
  })
})

test('invoices, meters, settings and actions are found by name, offline too, and nothing jumps under the fingers', async ({ stage }) => {
  const platform = await stage.platform({ history: true })
  const line = await stage.proxy(platform)
  const token = platform.tokenOf('analytics')
  const computer = await stage.computer(platform, { at: line.url, token })
  const page = await (await stage.context()).newPage()
  const asked: string[] = []
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => asked.push(String(payload))))
  await stage.enter(page, computer, '/invoices')
  await expect(page.getByRole('table', { name: 'Invoices' }).getByRole('row')).toHaveCount(17)
  const { invoices } = invoicesResponse.parse((await platform.ask('GET', '/api/billing/invoices', undefined, token)).body)
  const { number } = invoices.at(-1) ?? { number: 'The demo has no invoices' }
  const palette = page.getByRole('dialog', { name: 'Search pages and actions' })
  const options = palette.getByRole('option')
  const selected = palette.getByRole('option', { selected: true })

  await test.step('nothing typed: nothing is asked, the first is selected, and Escape gives the keyboard back', async () => {
    await stage.go(page, '/settings')
    const opener = page.getByRole('button', { name: 'Add a workspace' })
    await opener.focus()
    await expect.poll(() => page.evaluate(() => document.readyState)).toBe('complete')
    const askedBefore = asked.length
    await openPalette(page)
    await expect(options.first()).toHaveAttribute('aria-selected', 'true')
    await expect(palette.getByRole('combobox')).toHaveAttribute('aria-activedescendant', (await options.first().getAttribute('id')) ?? '')
    await expect(palette.getByRole('option', { name: 'Export the costs (CSV)' })).toBeAttached()
    expect(asked.slice(askedBefore)).toEqual([])
    await page.keyboard.press('Escape')
    await expect(palette).toBeHidden()
    await expect(opener).toBeFocused()
  })

  await test.step('an invoice by its number, and Back closes it', async () => {
    await openPalette(page)
    await page.keyboard.type(number)
    await expect(selected).toContainText(number)
    await expect(palette.getByRole('group', { name: 'Invoices' }).getByRole('option')).toHaveCount(1)
    expect(asked.filter((frame) => frame.includes('invoices.find')).length).toBeLessThan(5)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog', { name: `Invoice ${number}` })).toBeVisible()
    expect(page.url()).toMatch(/#\/invoices\?open=/)
    await page.goBack()
    await expect(page.getByRole('dialog')).toBeHidden()
  })

  await test.step('a meter and a setting', async () => {
    await chooseByPalette(page, 'LLM tokens')
    await expect(heading(page, 'LLM tokens')).toBeVisible()
    await chooseByPalette(page, 'Billing e-mail')
    await expect(page.getByLabel('Billing e-mail')).toBeFocused()
  })

  await test.step('a chosen hit stays chosen, and what stands above it stays there', async () => {
    await openPalette(page)
    await page.keyboard.type('invoic')
    const export_ = palette.getByRole('option', { name: 'Export the invoices (CSV)' })
    await expect(export_).toBeVisible()
    await expect(selected).toHaveText('Invoices')
    while ((await selected.textContent()) !== 'Export the invoices (CSV)') await page.keyboard.press('ArrowDown')
    const place = await export_.boundingBox()
    await page.keyboard.type('es')
    await expect(palette.getByRole('group', { name: 'Settings' })).toBeHidden()
    await expect(selected).toHaveText('Export the invoices (CSV)')
    expect(await export_.boundingBox()).toEqual(place)
    await expectAccessible(page, 'palette with hits of several groups')
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    expect((await readFile(await file.path(), 'utf8')).trim().split('\n')).toHaveLength(17)
  })

  await test.step('nothing by that name', async () => {
    await openPalette(page)
    await page.keyboard.type('no such thing')
    await expect(palette.getByText('Nothing by that name')).toBeVisible()
    await expectAccessible(page, 'palette without hits')
    await page.keyboard.press('Escape')
  })

  await test.step('offline: what is on this computer is found, and what cannot be done says why', async () => {
    await line.setFaults({ kind: 'refuse' })
    line.cut()
    await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
    await openPalette(page)
    await page.keyboard.type('Manage the subscription')
    await expect(selected).toHaveAttribute('aria-disabled', 'true')
    await expect(selected).toContainText('Offline: this needs an answer from the platform.')
    await page.keyboard.press('Enter')
    await expect(palette).toBeVisible()
    await page.keyboard.press('Escape')
    await chooseByPalette(page, number)
    await expect(page.getByRole('dialog', { name: `Invoice ${number}` })).toBeVisible()
  })
})
