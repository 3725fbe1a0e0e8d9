/**
 * Row 36: "Updates through electron-updater; release notes shown; the user chooses when to restart." The updater against a server is tested in
 * `test/engine/updates`, the desktop host in `../desktop/rows`; here is the Settings page with an update on offer, on a bridge that is made up.
 */
import { expect, test } from '@playwright/test'
import { createServer, type ViteDevServer } from 'vite'

let server: ViteDevServer
test.beforeAll(async () => {
  server = await createServer({ configFile: 'test/renderer-fixture/vite.config.ts', server: { port: 0 }, logLevel: 'error' })
  await server.listen()
})
test.afterAll(() => server.close())

test('an update is shown with its notes, downloaded when a person says so, and installed when a person says so', async ({ page }) => {
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}?scenario=held#/settings`)
  const updates = page.getByRole('region', { name: 'Updates' })
  await expect(updates).toContainText('Version 0.1.0', { timeout: 60_000 })
  await expect(updates).toContainText('A newer version is there.')
  await expect(updates).toContainText('Version 0.2.0, of')
  await expect(updates).toContainText('Costs by service, category and user.')
  // Nothing comes by itself.
  await expect(updates.getByRole('progressbar')).toHaveCount(0)

  await updates.getByRole('button', { name: 'Download', exact: true }).click()
  await expect(updates.getByRole('progressbar', { name: 'Download of the newer version' })).toBeVisible()
  await expect(updates).toContainText('Downloaded and verified.')
  await updates.getByRole('button', { name: 'Install at the next quit' }).click()
  await expect(updates).toContainText('It takes over when you quit.')
  await expect(updates.getByRole('button', { name: 'Install at the next quit' })).toBeDisabled()
  await updates.getByRole('button', { name: 'Restart now' }).click()
  await expect(updates).toContainText('Restarting …')
})

test('the channel and the daily look are a person’s choice', async ({ page }) => {
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}?scenario=held#/settings`)
  const updates = page.getByRole('region', { name: 'Updates' })
  await updates.getByText('Beta', { exact: true }).click({ timeout: 60_000 })
  await expect(updates.getByRole('radio', { name: 'Beta' })).toBeChecked()
  // What the other channel offered is not offered any more.
  await expect(updates).toContainText('Not looked for yet.')
  const daily = updates.getByRole('switch', { name: 'Look once a day' })
  await expect(daily).toBeChecked()
  await updates.getByRole('switch', { name: 'Look once a day' }).click({ force: true })
  await expect(daily).not.toBeChecked()
})
