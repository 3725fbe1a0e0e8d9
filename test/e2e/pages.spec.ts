import { chooseTheme, expectAccessible } from './support/accessibility.ts'
import { expect, test } from './support/stage.ts'

/** Between them these two have every page: one has invoices, costs and roles, the other a wallet. */
const catalogs = ['analytics', 'triform']

for (const catalog of catalogs) {
  test(`no accessibility violation on any page of ${catalog}, in both themes, with a year of data`, async ({ stage }) => {
    test.setTimeout(300_000)
    const platform = await stage.platform({ history: true })
    const computer = await stage.computer(platform, { token: platform.tokenOf(catalog) })
    const page = await stage.page(computer)
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link')
    await expect(links.filter({ hasText: 'Invoices' })).toBeVisible()
    const names = await links.allInnerTexts()
    expect(names.length).toBeGreaterThan(9)
    for (const theme of ['Light', 'Dark'] as const) {
      await chooseTheme(page, theme)
      for (const [index, name] of names.entries()) {
        await links.nth(index).click()
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
        await expectAccessible(page, `${name}, ${theme}`)
      }
    }
  })
}
