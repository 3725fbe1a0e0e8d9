import { expect, type Page } from '@playwright/test'
import { megabytes } from './support/agent.ts'
import { bundleSandbox } from './support/bundle-sandbox.ts'
import { CARD, payWith } from './support/card.ts'
import { test } from './support/stage.ts'
import type { TestComputer } from './support/test-computer.ts'

test('a cancelled checkout charges nothing and is said; paid after all, it counts', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const page = await stage.page(computer)
  const checkout = await openCheckout(page, 'Pro', '$19.00')
  const address = checkout.url()

  await test.step('a wrong card number and an expired card are named at their fields', async () => {
    await payWith(checkout, '1234 5678 9012 3456')
    await expect(checkout.getByRole('alert')).toHaveText('This is not a card number.')
    await expect(checkout.getByLabel('Card number')).toHaveAttribute('aria-invalid', 'true')
    await expect(checkout.getByLabel('Card number')).toHaveValue('')
  })

  await test.step('cancelled', async () => {
    await checkout.getByRole('link', { name: 'Cancel and go back' }).click()
    await expect(checkout.getByRole('heading', { name: 'The checkout was cancelled' })).toBeVisible()
    await expect(page.getByText('The checkout of Pro was cancelled')).toBeVisible()
    await expect(page.getByText('Nothing was charged and nothing changed. Held writes stay on this computer.')).toBeVisible()
    await expect(planPanel(page)).toContainText('Free')
    expect(await planOf(computer)).toBe('free')
  })

  await test.step('the way to another one, and the card that does', async () => {
    await page.getByRole('button', { name: 'Choose a plan' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Plans' })).toBeVisible()
    await stage.go(page, '/')
    await checkout.goto(address)
    await payWith(checkout, CARD.pays)
    await expect(checkout.getByRole('heading', { name: 'You are on Pro now' })).toBeVisible()
    await expect(planPanel(page)).toContainText('$19 / month')
    // It was cancelled as far as this computer knows; the payment counts, whatever the last word about the checkout was.
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect(page.getByText('The checkout of Pro was cancelled')).toBeHidden()
    await checkout.close()
  })
})

test('from Pro to Team is a change of the one subscription, confirmed with its amount, on the card on file', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const page = await stage.page(computer)
  const checkout = await openCheckout(page, 'Pro', '$19.00')
  await payWith(checkout, CARD.pays)
  await expect(page.getByText('Pro is in force')).toBeVisible()
  await checkout.close()

  const change = await openCheckout(page, 'Team', '$30.00')
  await expect(change.getByRole('heading', { name: 'Change from Pro to Team' })).toBeVisible()
  await change.getByRole('link', { name: 'Cancel' }).click()
  await expect(page.getByText('The checkout of Team was cancelled')).toBeVisible()
  expect(await planOf(computer)).toBe('pro')
  await change.close()

  const again = await openCheckout(page, 'Team', '$30.00')
  await again.getByRole('button', { name: 'Pay $30 and change' }).click()
  await expect(again.getByRole('heading', { name: 'You are on Team now' })).toBeVisible()
  await expect(page.getByText('Team is in force')).toBeVisible()
  await expect(planPanel(page)).toContainText('$49 / month')
  // It was read: after a visit of another page it is not told again.
  await page.waitForTimeout(1_000)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Usage' }).click()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Overview' }).click()
  await expect(planPanel(page)).toBeVisible()
  await expect(page.getByText('Team is in force')).toBeHidden()
  await expect(page.getByRole('meter', { name: 'Encrypted bytes' })).toHaveAttribute('aria-valuemax', String(100 * 1024 ** 3))
})

test('the customer portal changes, cancels and resumes the plan, and the console follows', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const page = await stage.page(computer)
  const checkout = await openCheckout(page, 'Pro', '$19.00')
  await payWith(checkout, CARD.pays)
  await expect(page.getByText('Pro is in force')).toBeVisible()
  await checkout.close()
  await expect(planPanel(page)).toContainText(/Visa.*4242/)

  const portal = await test.step('“Manage subscription” opens it in a new tab, with plan, card and invoice', async () => {
    const opening = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Manage subscription' }).click()
    const opened = await opening
    await expect(opened.getByRole('heading', { level: 1, name: 'Customer portal' })).toBeVisible()
    await expect(opened.getByRole('region', { name: 'Subscription' })).toContainText('Pro')
    await expect(opened.getByRole('region', { name: 'Payment method' })).toContainText('Visa ending 4242')
    await expect(opened.getByRole('row').filter({ hasText: 'SANDBOX-0001' })).toContainText('$19')
    // Its address opens the account for an hour: the console keeps it nowhere.
    const { searchParams } = new URL(opened.url())
    const token = searchParams.get('customer_session_token') ?? ''
    expect(token).toMatch(/^polar_cst_/)
    expect(await page.content()).not.toContain(token)
    const { rows } = await computer.call('honesty.egress', { workspaceId: null, before: null, limit: 200 })
    expect(JSON.stringify(rows)).not.toContain(token)
    return opened
  })

  await test.step('cancel', async () => {
    await portal.getByRole('button', { name: 'Cancel at the end of the period' }).click()
    await expect(portal.getByText(/^Cancelled\. It ends on .+\.$/)).toBeVisible()
    await expect(planPanel(page)).toContainText(/Cancelled\. The plan runs until .+\./)
    await expect(planPanel(page)).toContainText('Ends')
    expect(await planOf(computer)).toBe('pro')
  })

  await test.step('resume', async () => {
    await portal.getByRole('button', { name: 'Resume subscription' }).click()
    await expect(portal.getByText(/^Renews on /)).toBeVisible()
    await expect(planPanel(page)).toContainText('Renews')
    await expect(planPanel(page)).not.toContainText('Cancelled')
  })

  await test.step('to a larger plan at once, for the rest of the period', async () => {
    await portal.getByRole('link', { name: 'Upgrade to Team' }).click()
    await expect(portal.getByText('Due now')).toBeVisible()
    await portal.getByRole('button', { name: 'Pay $30 and change' }).click()
    await expect(portal.getByRole('region', { name: 'Subscription' })).toContainText('Team')
    await expect(planPanel(page)).toContainText('$49 / month')
    await expect(portal.getByRole('row').filter({ hasText: 'SANDBOX-0002' })).toContainText('$30')
  })

  await test.step('to a smaller plan with the next period, and until then nothing changes', async () => {
    await portal.getByRole('link', { name: 'Change to Pro' }).click()
    await expect(portal.getByText(/^Nothing is due now\./)).toBeVisible()
    await portal.getByRole('button', { name: /^Change on / }).click()
    await expect(portal.getByText(/^Changes to Pro on /)).toBeVisible()
    expect(await planOf(computer)).toBe('team')
  })
  await portal.close()
})

test.describe('when payments are slow, webhooks never come and days pass', () => {
  let bundle: Awaited<ReturnType<typeof bundleSandbox>>
  test.beforeAll(async () => {
    bundle = await bundleSandbox('slow-paying-sandbox')
  })
  test.afterAll(() => bundle.remove())

  test('“payment received, waiting for the platform” is shown, and then the plan is there and what was held leaves', async ({ stage }) => {
    const platform = await stage.platform({ entry: bundle.entry })
    const computer = await stage.computer(platform)
    const agent = await computer.agent('writer')
    for (const index of [1, 2, 3, 4]) expect((await agent.write(`large/${index}`, megabytes(7.5), 'application/octet-stream')).status).toBe(201)
    const page = await stage.page(computer)
    await expect(page.getByRole('heading', { name: '1 write is held on this computer' })).toBeVisible()

    const checkout = await openCheckout(page, 'Pro', '$19.00')
    await payWith(checkout, CARD.pays)
    await expect(checkout.getByRole('heading', { name: 'Payment received' })).toBeVisible()
    await expect(page.getByText('Payment received, waiting for the platform')).toBeVisible()
    await expect(page.getByText(/^You need not pay again\./)).toBeVisible()
    // Nothing to press that could pay twice or forget it.
    await expect(page.getByRole('button', { name: 'Dismiss' })).toBeHidden()
    expect(await planOf(computer)).toBe('free')
    expect(platform.envelopes()).toHaveLength(3)

    await expect(page.getByText('Pro is in force')).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText('1 held write has been delivered. Nothing is held any more.')).toBeVisible()
    expect(platform.envelopes()).toHaveLength(4)
    await checkout.reload()
    await expect(checkout.getByRole('heading', { name: 'You are on Pro now' })).toBeVisible()
  })

  test('what is waited for survives a restart of the console', async ({ stage }) => {
    const computer = await stage.computer(await stage.platform({ entry: bundle.entry }))
    const page = await stage.page(computer)
    const checkout = await openCheckout(page, 'Pro', '$19.00')
    await computer.kill()
    await payWith(checkout, CARD.pays)
    await expect(checkout.getByRole('heading', { name: 'Payment received' })).toBeVisible()
    await computer.start()
    await stage.enter(page, computer)
    await expect(page.getByText('Pro is in force')).toBeVisible({ timeout: 30_000 })
    await expect(planPanel(page)).toContainText('$19 / month')
  })

  test('a checkout that nobody pays expires, in words, and another can be started', async ({ stage }) => {
    const platform = await stage.platform({ entry: bundle.entry })
    const computer = await stage.computer(platform)
    const page = await stage.page(computer)
    const checkout = await openCheckout(page, 'Pro', '$19.00')
    await expect(page.getByText('Waiting for the payment of Pro')).toBeVisible()

    process.kill(platform.program.pid, 'SIGUSR2')
    await expect(page.getByText('The checkout of Pro has expired')).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText('Nothing was charged. Start again when you are ready.')).toBeVisible()
    await payWith(checkout, CARD.pays)
    await expect(checkout.getByRole('heading', { name: 'This checkout has expired' })).toBeVisible()
    expect(await planOf(computer)).toBe('free')

    await checkout.close()
    const another = await openCheckout(page, 'Pro', '$19.00')
    await payWith(another, CARD.pays)
    await expect(page.getByText('Pro is in force')).toBeVisible({ timeout: 30_000 })
  })
})

/** Chooses the plan, confirms the amount, and answers the tab that opens. */
async function openCheckout(page: Page, plan: string, amount: string): Promise<Page> {
  await page.evaluate(() => {
    window.location.hash = '#/upgrade'
  })
  await page.getByRole('button', { name: `Choose ${plan}` }).click()
  const opening = page.waitForEvent('popup')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Pay ${amount} in the browser` })
    .click()
  const opened = await opening
  await opened.waitForURL(/\/checkout\//)
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  return opened
}

function planPanel(page: Page): ReturnType<Page['locator']> {
  return page.getByRole('region', { name: 'Plan', exact: true })
}

async function planOf(computer: TestComputer): Promise<string | undefined> {
  return (await computer.call('overview.read', { workspaceId: await computer.workspaceId() })).plan?.id
}
