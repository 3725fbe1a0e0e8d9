import { platformError, settingsResponse } from '../../../shared/contract/platform.ts'
import { expect, test } from '../support/stage.ts'

test('settings: key-value pairs (plan_id, org_name, billing_email, audit_log_retention_days); plan_id is read-only through PUT', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const token = platform.tokenOf('truss')
  const computer = await stage.computer(platform, { at: line.url, token })
  const page = await stage.page(computer, '/settings')
  const settings = async () => settingsResponse.parse((await platform.ask('GET', '/api/billing/settings', undefined, token)).body)
  const put = async (key: string, value: string) => await platform.ask('PUT', '/api/billing/settings', { key, value }, token)

  await test.step('all of them are there', async () => {
    expect(await settings()).toMatchObject({ plan_id: 'pro', org_name: 'Acme Cloud', billing_email: 'billing@acme.example', audit_log_retention_days: '' })
  })

  await test.step('the seed’s update shows on the page by itself', async () => {
    await expect(page.getByLabel('Organisation name')).toHaveValue('Acme Cloud')
    expect(await put('org_name', 'Acme Corp')).toEqual({ status: 200, body: { org_name: 'Acme Corp' } })
    await expect(page.getByLabel('Organisation name')).toHaveValue('Acme Corp')
  })

  await test.step('plan_id is changed by a checkout only', async () => {
    const { status, body } = await put('plan_id', 'business')
    expect(status).toBe(403)
    expect(platformError.parse(body)).toMatchObject({ code: 'read_only_setting', _suggestion: expect.stringContaining('checkout') })
    expect((await settings()).plan_id).toBe('pro')
  })

  await test.step('what is no value of its type is refused with words', async () => {
    for (const [key, value] of [
      ['billing_email', 'nobody'],
      ['org_name', ' '],
      ['audit_log_retention_days', '-1'],
    ] as const) {
      const { status, body } = await put(key, value)
      expect(status).toBe(422)
      expect(platformError.parse(body)).toMatchObject({ code: 'invalid_setting', message: expect.stringContaining(key) })
    }
    // The list is open: what the platform does not know is kept as text.
    expect(await put('colour', 'red')).toEqual({ status: 200, body: { colour: 'red' } })
    expect(await settings()).toMatchObject({ colour: 'red' })
  })

  await test.step('an edit made offline is pending, survives a restart, and leaves when the line is back', async () => {
    await line.setFaults({ kind: 'refuse' })
    line.cut()
    await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
    await page.getByLabel('Billing e-mail').fill('accounts@acme.example')
    await page.getByLabel('Billing e-mail').press('Enter')
    await expect(page.getByText('The platform still has “billing@acme.example”.')).toBeVisible()
    await computer.stop()
    await computer.start()
    await stage.enter(page, computer, '/settings')
    await expect(page.getByText('The platform still has “billing@acme.example”.')).toBeVisible()
    await expect(page.getByLabel('Billing e-mail')).toHaveValue('accounts@acme.example')
    expect((await settings()).billing_email).toBe('billing@acme.example')
    await line.setFaults()
    await expect(page.getByText('The platform still has “billing@acme.example”.')).toBeHidden({ timeout: 60_000 })
    expect((await settings()).billing_email).toBe('accounts@acme.example')
  })
})
