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

test('in forced colours and on paper what is drawn stays to be seen', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const page = await stage.page(computer)
  const meter = page.getByRole('meter').first()
  await expect(meter).toBeVisible()
  const colours = async () =>
    await meter.evaluate((track) => {
      const fill = track.firstElementChild
      return {
        track: getComputedStyle(track).backgroundColor,
        outline: getComputedStyle(track).outlineStyle,
        fill: fill && getComputedStyle(fill).backgroundColor,
      }
    })

  await test.step('forced colours: bar and track are told apart, and the page that is shown from the others', async () => {
    await page.emulateMedia({ forcedColors: 'active' })
    const { track, outline, fill } = await colours()
    expect(fill).not.toBe(track)
    expect(outline).toBe('solid')
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link')
    await expect(links.filter({ hasText: 'Overview' })).toHaveCSS('outline-style', 'solid')
    await expect(links.filter({ hasText: 'Usage' })).toHaveCSS('outline-style', 'none')
    await page.emulateMedia({ forcedColors: 'none' })
  })

  await test.step('paper: the whole page without navigation, its bars with it', async () => {
    await page.emulateMedia({ media: 'print' })
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden()
    await expect(page.getByRole('main')).toHaveCSS('overflow-y', 'visible')
    expect(await meter.evaluate((track) => getComputedStyle(track).printColorAdjust)).toBe('exact')
    await page.emulateMedia({ media: 'screen' })
  })

  await test.step('a long list prints as a table with its head, up to a thousand rows, and says what is left', async () => {
    const agent = await computer.agent('printer')
    for (let number = 0; number < 230; number += 1) expect((await agent.write(`sheet/${number}`, 'a')).status).toBe(201)
    await stage.go(page, '/outbox')
    await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '231')
    await page.evaluate(() => {
      window.print = () => {
        window.dispatchEvent(new Event('beforeprint'))
      }
    })
    await page.emulateMedia({ media: 'print' })
    await page.keyboard.press('Control+p')
    const table = page.getByRole('table', { name: 'Writes in the outbox' })
    await expect(table.getByRole('row')).toHaveCount(231)
    await expect(table.getByRole('columnheader').first()).toBeVisible()
    await expect(page.getByRole('grid')).toBeHidden()
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')))
    await expect(table).toHaveCount(0)
  })
})
