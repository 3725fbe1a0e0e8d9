import { expect, test } from './support/stage.ts'

test('a page whose code did not come says so, and comes when it is asked for again', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const page = await stage.page(computer, '/honesty')
  await expect(page.getByRole('heading', { level: 1, name: 'Honesty' })).toBeVisible()
  await page.route(/\/settings-page-[^/]*\.js$/, (route) => route.abort())
  // Anew, so that nothing of it is there beforehand.
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Honesty' })).toBeVisible()

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click()
  const alert = page.getByRole('alert').filter({ has: page.getByRole('button', { name: 'Reload' }) })
  await expect(alert).toBeVisible()
  // The frame around it goes on.
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Outbox' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Outbox' })).toBeVisible()

  await page.unroute(/\/settings-page-[^/]*\.js$/)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})
