import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expectAccessible } from './support/accessibility.ts'
import { expect, test } from './support/stage.ts'
import { sendUsage } from './support/usage-page.ts'

test('the overview says what was invoiced and what the next invoice has, in every workspace', async ({ stage }) => {
  test.setTimeout(120_000)
  const platform = await stage.platform()
  const planOf = async (catalog: string) => {
    const computer = await stage.computer(platform, { token: platform.tokenOf(catalog) })
    const page = await stage.page(computer)
    return { computer, page, plan: page.getByRole('region', { name: 'Plan', exact: true }) }
  }

  const free = await planOf('layer-a')
  await expect(free.plan).toContainText('PlanFree · $0')
  await expect(free.plan).toContainText(/Period.+ – .+ \(UTC\)/)
  // Nothing is invoiced, projected or managed of what costs nothing.
  await expect(free.plan).not.toContainText('invoice')
  await expect(free.page.getByRole('button', { name: 'Manage subscription' })).toHaveCount(0)
  await expect(free.page).toHaveTitle('Overview · Harbour Research · Tidemark')

  const paid = await planOf('truss')
  const [, price] = /Price(\$\d+)/.exec(await paid.plan.innerText().then((text) => text.replaceAll('\n', ''))) ?? []
  await expect(paid.plan).toContainText(`Invoiced this period${price}.00ACME-0016`)
  await expect(paid.plan).toContainText(new RegExp(`Next invoice, .+\\${price}\\.00= \\${price}`))
  await expectAccessible(paid.page, 'the overview of a paid plan')

  const walleted = await planOf('triform')
  await expect(walleted.plan).toContainText(/From the wallet so far0\.00 AU \(€0\.00\)/)
  await expect(walleted.page.getByRole('region', { name: 'Wallet' })).toContainText('Lasts untilNot known yet: that needs a whole day of use')
  const run = { element: 'gpu-action', operation: 'invoke', quantities: { per_invocation: 2, running_seconds: 30, gpu_seconds: 30 } }
  await walleted.computer.call('wallet.run', {
    workspaceId: await walleted.computer.workspaceId(),
    circle: 'basalt',
    ...run,
    approvalId: null,
    attemptId: randomUUID(),
  })
  await expect(walleted.plan).not.toContainText(/From the wallet so far0\.00 AU/)
  await expect(walleted.plan).toContainText(/From the wallet so far[\d.]+ AU \(€[\d.]+\)/)
})

test('a meter’s figure says by the keyboard who counted it and how old it is; Settings and Devices say their age', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const page = await stage.page(computer)
  const figures = page.getByRole('button', { name: /: counted where, and when$/ })
  await expect(figures.first()).toBeVisible()
  for (const [place, heading] of [
    ['/', 'Overview'],
    ['/usage', 'Usage'],
  ] as const) {
    await stage.go(page, place)
    // Until then the figures are those of the page before.
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    const figure = page
      .getByRole('main')
      .getByRole('button', { name: /^0 MiB: counted where, and when$/ })
      .first()
    const source = page.getByRole('dialog').filter({ hasText: 'Counted by the platform. This computer counts its own part too' })
    // The first answers of the platform may draw the card anew just when the key goes down.
    await expect(async () => {
      await figure.focus()
      await page.keyboard.press('Enter')
      await expect(source).toBeVisible({ timeout: 2_000 })
    }).toPass({ timeout: 15_000 })
    await expect(source).toContainText(/0 bytes of [\d,]+ bytes/)
    await expect(source).toContainText(/As of \d/)
    await expectAccessible(page, `the source of a figure at ${place}`)
    await page.keyboard.press('Escape')
    await expect(source).toBeHidden()
    await expect(figure).toBeFocused()
  }

  await stage.go(page, '/settings')
  for (const name of ['Organisation', 'Members and roles']) await expect(page.getByRole('region', { name, exact: true })).toContainText(/As of \d/)
  await expect(page.getByRole('region', { name: 'Workspaces' })).toContainText('(Tenant Admin)')
  await page.getByRole('button', { name: /^Connection: / }).click()
  await expect(page.getByRole('dialog', { name: 'Connection' })).toContainText('(Tenant Admin)')
  await page.keyboard.press('Escape')
  await stage.go(page, '/devices')
  await expect(page.getByRole('main')).toContainText(/the platform sees random ids\. As of \d/)
})

test('use splits by service as its costs do; offline, what cannot be had says why', async ({ stage }) => {
  test.setTimeout(120_000)
  const platform = await stage.platform({ history: true })
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url, token: platform.tokenOf('analytics') })
  const page = await stage.page(computer, '/usage')
  await page.getByRole('link', { name: 'LLM tokens: trend and details' }).click()
  const services = page.getByRole('region', { name: 'By service' })
  await expect(services.getByRole('row', { name: /AI service/ })).toContainText('100 %')
  await stage.go(page, '/plans')
  await expect(page.getByRole('main')).toContainText('What each plan allows and what it costs today.')
  await stage.go(page, '/invoices')
  await expect(page.getByRole('button', { name: /^Download \d+ PDFs$/ })).toBeVisible()

  await line.setFaults({ kind: 'refuse' })
  line.cut()
  await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
  const bulk = page.getByRole('button', { name: /^Download PDFs/ })
  await expect(bulk).toHaveAttribute('aria-disabled', 'true')
  await expect(bulk).toHaveAccessibleDescription(/none of these PDFs is kept/)
  await stage.go(page, '/plans')
  await expect(page.getByRole('button', { name: /^Request / }).first()).toHaveAccessibleDescription(/a request goes to the platform at once/)
})

test('what came since the last visit is listed on the overview', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform, { token: platform.tokenOf('analytics') })
  const workspaceId = await computer.workspaceId()
  const page = await stage.page(computer)
  const news = page.getByRole('region', { name: 'New since your last visit' })
  await expect(page.getByRole('region', { name: 'Recent activity' })).toBeVisible()
  await expect.poll(() => visitOf(computer.dataDir, workspaceId)).not.toBeNull()
  await expect(news).toBeHidden()

  // A visit is over when nobody looked for half an hour: as if that were so.
  await computer.stop()
  setVisit(computer.dataDir, workspaceId, { seenAt: Date.now() - 3_600_000, since: null })
  await sendUsage(platform, 'analytics', [{ metric: 'queries', quantity: 80_000 }])
  await computer.start()
  await stage.enter(page, computer)
  await expect(news).toContainText(/Since (?:\w+ \d+, )?\d/)
  await news.getByRole('link', { name: '1 alert fired' }).click()
  await expect(page.getByRole('region', { name: 'Fired' })).toContainText('SQL queries: 80,000 of 100,000.')
})

function visitOf(dataDir: string, workspaceId: string): unknown {
  const database = new Database(join(dataDir, 'outbox.db'), { readonly: true })
  try {
    return database.prepare('SELECT value FROM local_settings WHERE key = ?').get(`visit.${workspaceId}`) ?? null
  } finally {
    database.close()
  }
}

function setVisit(dataDir: string, workspaceId: string, visit: { seenAt: number; since: number | null }): void {
  const database = new Database(join(dataDir, 'outbox.db'))
  try {
    const { changes } = database.prepare('UPDATE local_settings SET value = ? WHERE key = ?').run(JSON.stringify(visit), `visit.${workspaceId}`)
    expect(changes).toBe(1)
  } finally {
    database.close()
  }
}
