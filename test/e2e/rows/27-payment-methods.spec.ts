import { expect, test } from '../support/stage.ts'

test('payment methods: card, ACH for US customers, net-30 invoice and wire for Enterprise; managed in the portal', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const token = platform.tokenOf('analytics', 'billing_contact')
  const computer = await stage.computer(platform, { at: line.url, token })
  const page = await stage.page(computer, '/invoices')
  const methods = page.getByRole('table', { name: 'Payment methods' })

  await test.step('what there is, and why some cannot be used here', async () => {
    await expect(methods.getByRole('row', { name: /^Credit card/ })).toContainText('In use Visa ending 4242')
    await expect(methods.getByRole('row', { name: /^ACH transfer Bank transfer for US customers/ })).toContainText('Available')
    await expect(methods.getByRole('row', { name: /^Invoice Net-30/ })).toContainText('After 30 days')
    await expect(methods.getByRole('row', { name: /^Invoice Net-30/ })).toContainText('Only on Enterprise.')
    await expect(methods.getByRole('row', { name: /^Wire transfer/ })).toContainText('Only on Enterprise.')
  })

  await test.step('a customer elsewhere has no ACH, and the page says so by itself', async () => {
    const { status } = await platform.ask('PUT', '/api/billing/settings', { key: 'billing_country', value: 'DE' }, platform.tokenOf('analytics'))
    expect(status).toBe(200)
    await expect(methods.getByRole('row', { name: /^ACH transfer/ })).toContainText('Only for customers in US.')
  })

  await test.step('they are managed in the portal', async () => {
    const [portal] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('button', { name: 'Manage subscription' }).click()])
    await expect(portal.getByRole('heading', { name: 'Payment method' })).toBeVisible()
    await portal.close()
  })

  await test.step('offline they are shown, and the portal says why it waits', async () => {
    await line.setFaults({ kind: 'refuse' })
    line.cut()
    await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
    await expect(methods.getByRole('row', { name: /^Credit card/ })).toContainText('Visa ending 4242')
    await expect(page.getByRole('button', { name: /^Manage subscription/ })).toBeDisabled()
  })
})
