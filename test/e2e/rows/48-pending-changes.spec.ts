import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Page } from '@playwright/test'
import { expect, test } from '../support/stage.ts'

/** Follows a button that opens the portal, and what is done there. */
async function inPortal(page: Page, work: (portal: Page) => Promise<void>): Promise<void> {
  const opening = page.waitForEvent('popup')
  await page.getByRole('dialog').getByRole('button', { name: 'Manage subscription' }).click()
  const portal = await opening
  await work(portal)
  await portal.close()
  await page.keyboard.press('Escape')
}

test('what follows a plan is shown as what it is: a scheduled change, an end, and no plan', async ({ stage }) => {
  const platform = await stage.platform()
  const token = platform.tokenOf('truss')
  const computer = await stage.computer(platform, { token })
  const page = await stage.page(computer, '/plans')

  await test.step('an upgrade says every line, and the receipt has the same ones', async () => {
    await page.getByRole('button', { name: 'Choose Team' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText(/Unused time on Truss Pro-\$\d+\.\d\dRemaining time on Truss Team\$\d+\.\d\dTax\$0\.00Due today\$\d+\.\d\d/)
    const opening = page.waitForEvent('popup')
    await dialog.getByRole('button', { name: /^Pay \$\d+\.\d\d in the browser$/ }).click()
    const change = await opening
    await expect(change.getByText('Remaining time on Truss Team')).toBeVisible()
    await change.getByRole('button', { name: /^Pay .+ and change$/ }).click()
    await expect(change.getByRole('heading', { name: /^Receipt / })).toBeVisible()
    await expect(change.getByText('Unused time on Truss Pro')).toBeVisible()
    await change.close()
  })

  await test.step('a smaller plan is scheduled, said on Plans and Overview, and taken back', async () => {
    await stage.go(page, '/plans')
    await page.getByRole('button', { name: 'Change to Starter' }).click()
    await inPortal(page, async (portal) => {
      await portal.getByRole('link', { name: 'Change to Truss Starter' }).click()
      await portal.getByRole('button', { name: /^Change on / }).click()
      await expect(portal.getByText(/^Changes to Truss Starter on .+\.$/)).toBeVisible()
    })
    await expect(page.getByText(/^Changes to Starter on /)).toBeVisible()
    await stage.go(page, '/')
    await expect(page.getByRole('region', { name: 'Plan' }).getByText(/^Changes to Starter on /)).toBeVisible()
    await page.getByRole('button', { name: 'Undo' }).click()
    await inPortal(page, async (portal) => {
      await portal.getByRole('button', { name: 'Keep Truss Team' }).click()
      await expect(portal.getByText(/^Changes to /)).toBeHidden()
    })
    await expect(page.getByText(/^Changes to Starter on /)).toBeHidden()
  })

  await test.step('a cancelled plan ends on a day, and can be resumed', async () => {
    await stage.go(page, '/plans')
    await page.getByRole('button', { name: 'Cancel subscription' }).click()
    await expect(page.getByRole('dialog')).toContainText('No plan: everything stays readable, nothing new is taken')
    await inPortal(page, async (portal) => {
      await portal.getByRole('button', { name: 'Cancel at the end of the period' }).click()
      await expect(portal.getByText(/^Cancelled\. It ends on /)).toBeVisible()
    })
    await expect(page.getByText(/^Ends on /)).toBeVisible()
    await expect(page.getByRole('button', { name: 'Resume', exact: true })).toBeVisible()
  })

  await test.step('after its end there is no plan, and a way to have one', async () => {
    await platform.stop()
    const past = Date.now() - 60_000
    const ours = new Database(join(platform.dataDir, 'platform.db'))
    ours.prepare("UPDATE workspaces SET period_end = ? WHERE catalog = 'truss'").run(past)
    ours.close()
    const polar = new Database(join(platform.dataDir, 'polar.db'))
    polar.prepare('UPDATE subscriptions SET current_period_end = ? WHERE cancel_at_period_end = 1').run(past)
    polar.close()
    await platform.restart()
    await stage.go(page, '/')
    const panel = page.getByRole('region', { name: 'No plan' })
    await expect(panel).toContainText('The subscription ended on', { timeout: 30_000 })
    await panel.getByRole('button', { name: 'Choose a plan' }).click()
    await expect(page.getByRole('button', { name: 'Choose Starter' })).toBeEnabled()
  })
})
