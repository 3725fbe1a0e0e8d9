import { estimateResponse } from '../../../shared/contract/platform/wallet.ts'
import { expectAccessible } from '../support/accessibility.ts'
import { expect, test } from '../support/stage.ts'
import { estimate, PlatformWallet, showView } from '../support/wallet-page.ts'

test('one operation produces several debit lines; no matching rule is zero; creation and daily existence are charged', async ({ stage }) => {
  const platform = await stage.platform()
  const wallet = new PlatformWallet(platform)
  const computer = await stage.computer(platform, { token: wallet.token })
  const page = await stage.page(computer, '/wallet')
  const lines = page.getByRole('table', { name: 'Debit lines' })

  await test.step('a compute action: per invocation and per running second', async () => {
    await estimate(page, 'Python action', 'Invoke', { Invocations: '2', 'Running time': '1,000' })
    await expect(lines.getByRole('row')).toHaveText([
      /Dimension/,
      /Invocations2 invocations.*0.0001 AU$/,
      /Running time1,000 seconds.*0.02 AU$/,
      /Total0.0201 AU$/,
    ])
    await expectAccessible(page, 'estimate')
    await page.getByRole('button', { name: 'Run for 0.0201 AU' }).click()
    await expect(page.getByText(/^Done: 0.0201 AU debited/)).toBeVisible()
  })

  await test.step('an agent turn: input and output tokens together', async () => {
    await estimate(page, 'Swift agent', 'Turn', { 'Input tokens': '10,000', 'Output tokens': '2,000' })
    await expect(lines.getByRole('row')).toHaveText([
      /Dimension/,
      /Input tokens10,000 tokens.*0.008 AU$/,
      /Output tokens2,000 tokens.*0.008 AU$/,
      /Total0.016 AU$/,
    ])
  })

  await test.step('each line stands in the ledger by itself', async () => {
    await showView(page, 'Ledger')
    const rows = page.getByRole('grid', { name: 'Ledger' }).getByRole('row')
    await expect(rows.nth(1)).toContainText('Running time')
    await expect(rows.nth(1)).toContainText('−0.020000')
    await expect(rows.nth(2)).toContainText('Invocations')
    await expect(rows.nth(2)).toContainText('−0.000100')
  })

  await test.step('reads, lists, updates and deletes have no rule: they are free', async () => {
    const before = await wallet.balance()
    for (const operation of ['read', 'list', 'update', 'delete']) {
      const answer = await wallet.ask('POST', 'pricing/estimate', { element: 'python-action', operation, quantities: { per_invocation: 1 } })
      expect(estimateResponse.parse(answer.body)).toMatchObject({ lines: [], total_micro_au: 0, approval_required: false })
      expect((await wallet.ask('POST', 'runs', { element: 'python-action', operation, quantities: { per_invocation: 1 } })).status).toBe(201)
    }
    expect(await wallet.balance()).toBe(before)
  })

  await test.step('creation and daily existence are on every price page', async () => {
    await showView(page, 'Prices')
    await page.getByRole('button', { name: /^Swift agent/ }).click()
    const rates = page.getByRole('table', { name: 'Prices of Swift agent' })
    await expect(rates.getByRole('row', { name: /Creation/ })).toBeVisible()
    await expect(rates.getByRole('row', { name: /Daily existence/ })).toBeVisible()
  })
})
