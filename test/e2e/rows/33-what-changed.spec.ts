import { centsOf } from '../support/amount.ts'
import { expect, test } from '../support/stage.ts'

test('what changed: the difference between two periods explained by service, user and meter, offline', async ({ stage }) => {
  const platform = await stage.platform({ history: true })
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url, token: platform.tokenOf('analytics') })
  const page = await stage.page(computer, '/costs')
  const section = page.getByRole('region', { name: 'What changed' })

  await test.step('a period that still runs is compared with as many days of the one before', async () => {
    await expect(section.getByText(/^\$[\d.,]+ against \$[\d.,]+: \$[\d.,]+ (more|less)\./)).toBeVisible()
    await expect(section.getByText(/This period still runs, so the first \d+ days? (is|are) compared\./)).toBeVisible()
  })

  await line.setFaults({ kind: 'refuse' })
  line.cut()
  await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()

  await test.step('two periods that are over: every list sums to the difference', async () => {
    const periods = page.getByLabel('Period')
    const [, later] = await periods.getByRole('option').all()
    const chosen = (await later?.getAttribute('value')) ?? ''
    await periods.selectOption(chosen)
    // What it may be compared with goes by the period that is shown.
    await expect(periods).toHaveValue(chosen)
    await expect(page.locator('section[aria-busy=true]')).toHaveCount(0)
    const against = section.getByLabel('Against')
    const third = (await against.getByRole('option').nth(2).getAttribute('value')) ?? ''
    await against.selectOption(third)
    await expect(against).toHaveValue(third)
    await expect(section).toHaveAttribute('aria-busy', 'false')
    await expect(section.getByText(/This period still runs/)).toBeHidden()
    const headline = (await section.locator('[data-change-headline]').textContent()) ?? ''
    const [after = 0, before = 0] = [...headline.matchAll(/\$[\d,]+\.\d\d/g)].map(([text]) => centsOf(text))
    expect(after).not.toBe(before)
    for (const name of ['By service', 'By user', 'By meter']) {
      const table = section.getByRole('table', { name })
      const rows = await table.locator('tbody').getByRole('row').all()
      let difference = 0
      for (const row of rows) difference += centsOf((await row.getByRole('cell').last().textContent()) ?? '')
      expect(difference, name).toBe(after - before)
      expect(centsOf((await table.locator('tfoot').textContent()) ?? ''), name).toBe(after - before)
    }
    await expect(section.getByRole('table', { name: 'Use itself' }).getByRole('row', { name: /^SQL queries/ })).toBeVisible()
  })
})
