import { expect, test } from './support/stage.ts'

test('in a narrow window the page that is shown is seen in the row of links, also the last one', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const page = await stage.page(computer)
  await page.setViewportSize({ width: 400, height: 800 })
  for (const [path, name] of [
    ['/settings', 'Settings'],
    ['/', 'Overview'],
  ] as const) {
    await stage.go(page, path)
    await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true })).toBeInViewport({ ratio: 0.9 })
  }
})
