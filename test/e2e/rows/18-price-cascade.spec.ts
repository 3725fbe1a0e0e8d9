import { createInstanceResponse } from '../../../shared/contract/platform/wallet.ts'
import { expectAccessible } from '../support/accessibility.ts'
import { expect, test } from '../support/stage.ts'
import { estimate, figure, PlatformWallet, showView } from '../support/wallet-page.ts'

test('prices from root, category and element, the narrowest scope wins; circles come with their wallet, instances are created and charged daily', async ({
  stage,
}) => {
  const platform = await stage.platform({ history: true })
  const wallet = new PlatformWallet(platform)
  const computer = await stage.computer(platform, { token: wallet.token })
  const page = await stage.page(computer, '/wallet?view=prices&element=typescript-action')

  await test.step('one element inherits from the platform and from its category, and overrides a rate of its own', async () => {
    const rates = page.getByRole('table', { name: 'Prices of TypeScript action' })
    await expect(rates.getByRole('row', { name: /Create Creation/ })).toContainText('0.01 AU per elementPlatform')
    await expect(rates.getByRole('row', { name: /Invoke Invocations/ })).toContainText('0.00002 AU per invocationElement')
    await expect(rates.getByRole('row', { name: /Invoke Running time/ })).toContainText('0.00002 AU per secondCategory')
    await expectAccessible(page, 'price page')
  })

  await test.step('the category’s own rate holds where the element says nothing', async () => {
    await page.getByRole('button', { name: 'All elements' }).click()
    await page.getByRole('button', { name: /^Python action/ }).click()
    await expect(page.getByRole('table', { name: 'Prices of Python action' }).getByRole('row', { name: /Invoke Invocations/ })).toContainText(
      '0.00005 AU per invocationCategory',
    )
  })

  await test.step('an instance is created for its price, and named with what it costs a day', async () => {
    const before = await wallet.balance()
    await estimate(page, 'Voice line', 'Create', {})
    await page.getByRole('button', { name: 'Create for 0.01 AU' }).click()
    await expect(page.getByText(/^Done: 0.01 AU debited/)).toBeVisible()
    expect(await wallet.balance()).toBe(before - 10_000)
    await showView(page, 'Balance')
    const row = page.getByRole('table', { name: 'Elements that exist' }).getByRole('row', { name: /Voice line/ })
    await expect(row).toContainText('0.06 AU')
    await expect(row).toContainText('Active')
    await row.getByRole('button', { name: 'Delete Voice line' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await expect(row).toBeHidden()
    expect(await wallet.balance()).toBe(before - 10_000)
  })

  await test.step('those that were there at midnight were charged for today, once each', async () => {
    const today = new Date().toISOString().slice(0, 10)
    const lines = (await wallet.ledger()).filter(({ dimension, reference }) => dimension === 'per_day_existence' && reference === today)
    expect(lines.length).toBeGreaterThan(3)
    expect(new Set(lines.map(({ instance_id: id }) => id)).size).toBe(lines.length)
    await showView(page, 'Ledger')
    await expect(page.getByRole('grid', { name: 'Ledger' })).toContainText('Daily existence')
  })

  await test.step('a new circle has its own wallet from the moment it exists', async () => {
    const made = await platform.ask('POST', '/api/circles', { circle: 'granite', name: 'Granite' }, wallet.token)
    expect(made.status).toBe(201)
    await showView(page, 'Balance')
    await page.getByLabel('Circle').selectOption({ label: 'Granite' })
    await expect(figure(page, 'Balance')).toHaveText('5.00 AU')
    const instance = await platform.ask('POST', '/api/granite/instances', { element: 'mail-sender' }, wallet.token)
    expect(createInstanceResponse.parse(instance.body).total_micro_au).toBe(10_000)
    await expect(figure(page, 'Balance')).toHaveText('4.99 AU')
    await expect(page.getByRole('region', { name: 'Top up the wallet' })).toBeVisible()
  })
})
