import { elementsResponse } from '../../../shared/contract/platform/wallet.ts'
import { chooseTheme, expectAccessible } from '../support/accessibility.ts'
import { expect, test } from '../support/stage.ts'
import { PlatformWallet, showView } from '../support/wallet-page.ts'

test('each element has a price page resolved from the same tables that the platform bills against, offline too', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const wallet = new PlatformWallet(platform)
  const computer = await stage.computer(platform, { at: line.url, token: wallet.token })
  const { elements } = elementsResponse.parse((await wallet.ask('GET', 'elements')).body)
  expect(elements.length).toBeGreaterThanOrEqual(20)
  const page = await stage.page(computer, '/wallet')
  await showView(page, 'Prices')
  await expect(page.getByRole('button', { name: / AU a day$/ })).toHaveCount(elements.length)
  await expectAccessible(page, 'prices')

  await test.step('every page has a line for each rate that the platform bills, and no other', async () => {
    for (const element of elements) {
      await stage.go(page, `/wallet?view=prices&element=${element.id}`)
      const rates = page.getByRole('table', { name: `Prices of ${element.name}`, exact: true })
      await expect(rates.locator('tbody').getByRole('row')).toHaveCount(element.prices.length)
      const shown = await rates.locator('tbody').getByRole('row').allTextContents()
      for (const [index, { rate_micro_au: rate, per }] of element.prices.entries()) {
        const amount = (Number(rate) / 1_000_000).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 6 })
        expect(shown[index]).toContain(`${amount} AU per ${per === 1 ? '' : per.toLocaleString('en-US')}`)
      }
    }
  })

  await test.step('from a price page to its estimate, back and forward', async () => {
    await page.getByRole('button', { name: 'Estimate', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'What would it cost?' })).toBeVisible()
    await page.goBack()
    await expect(page.getByRole('button', { name: 'All elements' })).toBeVisible()
  })

  await test.step('offline and in the dark', async () => {
    await line.setFaults({ kind: 'refuse' })
    line.cut()
    await chooseTheme(page, 'Dark')
    await stage.go(page, `/wallet?view=prices&element=${elements[0]?.id}`)
    await expect(page.getByRole('table', { name: `Prices of ${elements[0]?.name}` })).toBeVisible()
    await expectAccessible(page, 'price page, dark')
    await stage.go(page, '/wallet?view=prices&element=nothing-here')
    await expect(page.getByText('There is no element nothing-here')).toBeVisible()
  })
})
