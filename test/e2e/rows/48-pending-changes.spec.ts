import type { Page } from '@playwright/test'
import { expect, test } from '../support/stage.ts'

/** Follows a button that opens the portal, and what is done there. */
async function inPortal(page: Page, work: (portal: Page) => Promise<void>): Promise<void> {
  const opening = page.waitForEvent('popup')
  await page.getByRole('dialog').getByRole('button', { name: 'Manage subscription' }).click()
  const portal = await opening
  await work(portal)
  await portal.close()
  // What it asks has happened in the portal.
  await expect(page.getByRole('dialog')).toBeHidden()
}

test('what a change costs is said line by line, and one that is scheduled is shown as that', async ({ stage }) => {
  const platform = await stage.platform()
  const token = platform.tokenOf('truss')
  const computer = await stage.computer(platform, { token })
  const page = await stage.page(computer, '/plans')

  await test.step('an upgrade says every line, and the receipt has the same ones', async () => {
    await page.getByRole('button', { name: 'Choose Team' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText(/Unused time on Pro−\$\d+\.\d\dRemaining time on Team\$\d+\.\d\dTax\$0\.00Due today\$\d+\.\d\d/)
    const opening = page.waitForEvent('popup')
    await dialog.getByRole('button', { name: /^Pay \$\d+\.\d\d in the browser$/ }).click()
    const change = await opening
    await expect(change.getByText('Remaining time on Team')).toBeVisible()
    await change.getByRole('button', { name: /^Pay .+ and change$/ }).click()
    await expect(change.getByRole('heading', { name: /^Receipt / })).toBeVisible()
    await expect(change.getByText('Unused time on Pro')).toBeVisible()
    await change.close()
  })

  await test.step('a smaller plan is scheduled, and the portal says so', async () => {
    await stage.go(page, '/plans')
    await page.getByRole('button', { name: 'Change to Starter' }).click()
    await inPortal(page, async (portal) => {
      await portal.getByRole('link', { name: 'Change to Starter' }).click()
      await portal.getByRole('button', { name: /^Change on / }).click()
      await expect(portal.getByText(/^Changes to Starter on .+\.$/)).toBeVisible()
    })
    // What is chosen already is not offered a second time.
    await expect(page.getByRole('cell', { name: /^Begins on / })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Change to Starter' })).toBeHidden()
  })

  await test.step('while the subscription ends, a smaller plan says what comes first', async () => {
    await page.getByRole('button', { name: 'Cancel subscription' }).click()
    await inPortal(page, async (portal) => {
      await portal.getByRole('button', { name: 'Cancel at the end of the period' }).click()
      await expect(portal.getByText(/^Cancelled\. It ends on /)).toBeVisible()
    })
    const smaller = page.getByRole('button', { name: 'Change to Starter' })
    await expect(smaller).toHaveAttribute('aria-disabled', 'true')
    await expect(smaller).toHaveAccessibleDescription(/Resume it first/)
  })
})
