import { expect, test } from '../support/stage.ts'

test('permissions: a Tenant Admin requests, a Platform Admin approves and sees every tenant, a Billing Contact is told why not', async ({ stage }) => {
  test.setTimeout(120_000)
  const platform = await stage.platform()
  const asking = await stage.computer(platform, { token: platform.tokenOf('analytics') })
  const deciding = await stage.computer(platform, { token: platform.tokenOf('layer-a', 'platform_admin') })
  const tenant = await stage.page(asking, '/plans')
  const admin = await stage.page(deciding, '/tenants')

  await test.step('the Tenant Admin may only ask, and says why', async () => {
    await expect(tenant.getByText('Tenant Admin may request this: Update plan. Somebody else approves it.').first()).toBeVisible()
    await expect(tenant.getByRole('button', { name: /^Choose/ })).toHaveCount(0)
    await tenant.getByRole('button', { name: 'Request Enterprise' }).click()
    await tenant.getByLabel(/^Why/).fill('Tokens run out every month.')
    await tenant.getByRole('button', { name: 'Send request' }).click()
    await expect(tenant.getByText('Tomás Vidal asks for Enterprise')).toBeVisible()
    await expect(tenant.getByRole('button', { name: 'Request Starter' })).toHaveAccessibleDescription('A request waits for its answer already.')
  })

  await test.step('the Platform Admin lists every tenant, selects one and sees its plan, meters and request', async () => {
    await admin.reload()
    await stage.enter(admin, deciding, '/tenants')
    const tenants = admin.getByRole('table', { name: 'Tenants' })
    await expect(tenants.getByRole('row')).toHaveCount(7)
    await expect(tenants.getByRole('row', { name: /Northwind Insights/ })).toContainText('1')
    await tenants.getByRole('link', { name: 'Show Northwind Insights' }).click()
    await expect(admin.getByRole('region', { name: 'Northwind Insights', exact: true })).toContainText('Professional, $499 / month')
    await expect(admin.getByRole('table', { name: 'Meters' }).getByRole('row', { name: /^LLM tokens/ })).toContainText('5,000,000')
    await expect(admin.getByText('Tokens run out every month.')).toBeVisible()
    const invoices = admin.getByRole('table', { name: 'Invoices of Northwind Insights' })
    await expect(invoices.getByRole('row', { name: /^NORTHWIND-0016/ })).toContainText('Paid')
    await tenants.getByRole('link', { name: 'Show Meridian Grid' }).click()
    const byAgreement = admin.getByRole('table', { name: 'Invoices of Meridian Grid' })
    await expect(byAgreement.getByRole('row', { name: /\$2,400\.00 Pending/ })).toHaveCount(1)
    await expect(byAgreement.getByRole('row', { name: /\$2,400\.00 Overdue/ })).toHaveCount(1)
    await tenants.getByRole('link', { name: 'Show Northwind Insights' }).click()
  })

  await test.step('an approval puts the plan in force, and the answer arrives as a notice', async () => {
    await admin.getByLabel('Answer (optional)').fill('Signed today.')
    await admin.getByRole('button', { name: 'Approve…' }).click()
    const dialog = admin.getByRole('dialog', { name: 'Approve Enterprise for Tomás Vidal' })
    await expect(dialog).toContainText('Due today$0.00')
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click()
    await expect(admin.getByText('Approved', { exact: true })).toBeVisible()
    await expect(tenant.getByText('Enterprise was approved by Paula Platform. “Signed today.”')).toBeVisible()
    await expect(tenant.getByRole('columnheader', { name: /^Enterprise Current plan/ })).toBeVisible()
  })

  await test.step('a Billing Contact may not change the plan, is told whom to ask, and pays in the portal', async () => {
    const contact = await stage.page(await stage.computer(platform, { token: platform.tokenOf('truss', 'billing_contact') }), '/plans')
    const choose = contact.getByRole('button', { name: 'Choose Team' })
    await expect(choose).toBeDisabled()
    await expect(choose).toHaveAccessibleDescription('Billing Contact may not do this: Update plan. Ask a Platform Admin or a Tenant Admin.')
    await expect(contact.getByRole('button', { name: 'Manage subscription' })).toBeEnabled()
    await expect(contact.getByRole('link', { name: 'Tenants' })).toHaveCount(0)
    // The platform decides, whatever a console shows.
    const { status, body } = await platform.ask('POST', '/api/billing/checkout', { plan: 'team' }, platform.tokenOf('truss', 'billing_contact'))
    expect(status).toBe(403)
    expect(body).toMatchObject({ code: 'forbidden' })
  })
})
