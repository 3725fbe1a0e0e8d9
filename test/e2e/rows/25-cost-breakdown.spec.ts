import type { Page } from '@playwright/test'
import { costBreakdown } from '../../../shared/contract/platform/costs.ts'
import { centsOf } from '../support/amount.ts'
import { expectAccessible } from '../support/accessibility.ts'
import { chooseCostPeriod } from '../support/cost-period.ts'
import { holdAnswersOf } from '../support/held-answers.ts'
import { expect, test } from '../support/stage.ts'

const ascending = (one: number, other: number): number => one - other

async function tableOf(page: Page, by: string): Promise<Map<string, number>> {
  await page.getByRole('radiogroup', { name: 'Split by' }).getByText(by, { exact: true }).click()
  const table = page.getByRole('table', { name: new RegExp(`^Costs by ${by.toLowerCase()}`) })
  await expect(table).toBeVisible()
  const rows = await table.locator('tbody').getByRole('row').all()
  const amounts = new Map<string, number>()
  for (const row of rows) {
    const [name, , amount] = await row.getByRole('cell').allTextContents()
    amounts.set(name ?? '', centsOf(amount ?? ''))
  }
  const total = centsOf((await table.locator('tfoot').textContent()) ?? '')
  expect(
    [...amounts.values()].reduce((sum, amount) => sum + amount, 0),
    `the rows by ${by}`,
  ).toBe(total)
  return amounts
}

test('cost breakdown by service, category and user, in the seed’s shape; sums agree to the last minor unit', async ({ stage }) => {
  const platform = await stage.platform({ history: true })
  const line = await stage.proxy(platform)
  const token = platform.tokenOf('analytics')
  const computer = await stage.computer(platform, { at: line.url, token })
  const page = await stage.page(computer, '/costs')
  const period = page.getByLabel('Period')
  // Use begins on the first of a month, fifteen months ago: by what day of the month periods begin on, that is in the sixteenth or the seventeenth.
  await expect(period.getByRole('option').nth(15)).toBeAttached()
  expect(await period.getByRole('option').count()).toBeLessThanOrEqual(17)
  const last = (await period.getByRole('option').nth(1).getAttribute('value')) ?? ''
  await chooseCostPeriod(page, last)
  const wire = costBreakdown.parse((await platform.ask('GET', `/api/billing/costs?period=${last}`, undefined, token)).body)
  const total = Math.round(wire.total_usd * 100)

  await test.step('by service, as the platform answers', async () => {
    const services = await tableOf(page, 'Service')
    for (const [id, name] of [
      ['ai_service', 'AI service'],
      ['query_engine', 'Query engine'],
      ['ml_service', 'ML service'],
    ] as const) {
      const categories = Object.values(wire.by_service[id] ?? {})
      expect(services.get(name), name).toBe(categories.reduce((sum, amount) => sum + Math.round(amount * 100), 0))
    }
    expect([...services.values()].reduce((sum, amount) => sum + amount, 0)).toBe(total)
  })

  await test.step('by category, as the platform answers', async () => {
    const answered = Object.values(wire.by_service).flatMap((categories) => Object.values(categories).map((amount) => Math.round(amount * 100)))
    const shown = [...(await tableOf(page, 'Category')).values()]
    expect(shown.toSorted(ascending)).toEqual(answered.filter((amount) => amount > 0).toSorted(ascending))
    expect(shown.length).toBeGreaterThan(3)
  })

  await test.step('by meter, each under its name, and the same total', async () => {
    const meters = await tableOf(page, 'Meter')
    expect([...meters.keys()]).toEqual(expect.arrayContaining(['LLM tokens', 'SQL queries', 'Compute']))
    expect([...meters.values()].reduce((sum, amount) => sum + amount, 0)).toBe(total)
  })

  await test.step('by user, as the platform answers', async () => {
    const users = await tableOf(page, 'User')
    expect([...users]).toEqual(wire.by_user.map(({ name, cost_usd: amount }) => [name, Math.round(amount * 100)]))
  })

  await test.step('the chart read as a table has the same sums', async () => {
    await page.getByRole('radiogroup', { name: 'Show as' }).getByText('Table', { exact: true }).click()
    const days = page.getByRole('region', { name: /^Costs by user/ }).getByRole('table')
    const sums = await days.locator('tfoot').getByRole('cell').allTextContents()
    expect(sums.slice(0, -1).map(centsOf)).toEqual(wire.by_user.map(({ cost_usd: amount }) => Math.round(amount * 100)))
    expect(centsOf(sums.at(-1) ?? '')).toBe(total)
    await expectAccessible(page, 'costs')
  })

  await test.step('offline, after a cold start, it is all there', async () => {
    await line.setFaults({ kind: 'refuse' })
    line.cut()
    await computer.stop()
    await computer.start()
    await stage.enter(page, computer, `/costs?period=${last}&by=user`)
    await expect(page.getByRole('table', { name: /^Costs by user/ }).locator('tfoot')).toContainText(
      new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(total / 100),
    )
    await expect(page.getByText(/^As of /)).toBeVisible()
  })

  await test.step('while another split is read, the figures of the one before keep their name', async () => {
    const answers = await holdAnswersOf(page, 'costs.read')
    await page.reload()
    const shown = page.getByRole('table', { name: /^Costs by user/ })
    await expect(shown).toBeVisible()
    answers.hold()
    await page.getByRole('radiogroup', { name: 'Split by' }).getByText('Service', { exact: true }).click()
    await expect(page.locator('section[aria-busy=true]').filter({ has: shown })).toBeVisible()
    await expect(shown.getByRole('row').nth(1).getByRole('cell').first()).toHaveText(wire.by_user[0]?.name ?? '')
    answers.release()
    await expect(page.getByRole('table', { name: /^Costs by service/ }).getByRole('cell', { name: 'Query engine' })).toBeVisible()
    await expect(page.locator('section[aria-busy=true]')).toHaveCount(0)
  })
})
