import { estimateResponse } from '../../../shared/contract/platform/wallet.ts'
import { expectAccessible } from '../support/accessibility.ts'
import { holdAnswersOf } from '../support/held-answers.ts'
import { expect, test } from '../support/stage.ts'
import { estimate, PlatformWallet, showView, topUp } from '../support/wallet-page.ts'

test('estimate costs without writing, the cost chip grows with the amount, and above the threshold an approval gate is confirmed first', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const wallet = new PlatformWallet(platform)
  const computer = await stage.computer(platform, { at: line.url, token: wallet.token })
  const page = await stage.page(computer, '/wallet')
  await topUp(page, 40)
  await expect.poll(() => wallet.balance()).toBe(45_000_000)
  const before = await wallet.ledger()

  await test.step('small costs stay quiet, larger ones become insistent', async () => {
    const heights: number[] = []
    for (const [tokens, label] of [
      ['1,000', 'Small cost: 0.015 AU'],
      ['20,000', 'Noticeable cost: 0.30 AU'],
      ['200,000', 'Large cost: 3.00 AU'],
    ] as const) {
      await estimate(page, 'General agent', 'Turn', { 'Output tokens': tokens })
      const chip = page.getByRole('img', { name: label })
      await expect(chip).toBeVisible()
      heights.push((await chip.boundingBox())?.height ?? 0)
    }
    expect(heights.toSorted((one, other) => one - other)).toEqual(heights)
    expect(new Set(heights).size).toBe(3)
    await expectAccessible(page, 'estimate with an insistent chip')
  })

  await test.step('the console’s estimate is the platform’s, and neither wrote anything', async () => {
    const answer = await wallet.ask('POST', 'pricing/estimate', { element: 'general-agent', operation: 'turn', quantities: { output_tokens: 200_000 } })
    expect(estimateResponse.parse(answer.body)).toMatchObject({ total_micro_au: 3_000_000, chip: 'insistent', approval_required: false })
    expect(await wallet.ledger()).toEqual(before)
  })

  await test.step('above the threshold nothing runs before it is confirmed', async () => {
    await estimate(page, 'General agent', 'Turn', { 'Output tokens': '800,000' })
    await expect(page.getByText('Above the policy’s threshold: you will be asked to confirm.')).toBeVisible()
    await page.getByRole('button', { name: 'Run for 12.00 AU' }).click()
    const gate = page.getByRole('dialog', { name: 'Confirm this cost' })
    await expect(gate).toContainText('General agent, turn costs 12.00 AU (€12.00). Nothing has run yet.')
    await expectAccessible(page, 'approval gate')
    await gate.getByRole('button', { name: 'Cancel' }).click()
    expect(await wallet.ledger()).toEqual(before)

    await page.getByRole('button', { name: 'Run for 12.00 AU' }).click()
    await gate.getByRole('button', { name: 'Confirm and run for 12.00 AU' }).click()
    await expect(page.getByText('Done: 12.00 AU debited, 33.00 AU left.')).toBeVisible()
    expect(await wallet.balance()).toBe(33_000_000)
    expect((await wallet.ledger()).length).toBe(before.length + 1)
  })

  await test.step('nothing runs at the price of other quantities while the new one is worked out', async () => {
    const answers = await holdAnswersOf(page, 'wallet.estimate')
    await page.reload()
    await estimate(page, 'General agent', 'Turn', { 'Output tokens': '1,000' })
    const run = page.getByRole('button', { name: /^Run for / })
    await expect(run).toHaveText('Run for 0.015 AU')
    await expect(run).not.toHaveAttribute('aria-disabled', 'true')
    answers.hold()
    await page.getByLabel('Output tokens').fill('200,000')
    await expect(run).toHaveAttribute('aria-disabled', 'true')
    await expect(run).toHaveAccessibleDescription('The price of these quantities is being worked out.')
    answers.release()
    await expect(run).toHaveText('Run for 3.00 AU')
    await expect(run).not.toHaveAttribute('aria-disabled', 'true')
  })

  await test.step('offline the estimate works from the cached tables; spending is disabled and says why', async () => {
    await line.setFaults({ kind: 'refuse' })
    await computer.stop()
    await computer.start()
    const offline = await stage.page(computer, '/wallet')
    await showView(offline, 'Estimate')
    await estimate(offline, 'Deep research agent', 'Turn', { 'Output tokens': '200,000', 'Running time': '60' })
    await expect(offline.getByRole('table', { name: 'Debit lines' }).getByRole('row').last()).toContainText('5.006 AU')
    const run = offline.getByRole('button', { name: 'Run for 5.006 AU' })
    await expect(run).toHaveAttribute('aria-disabled', 'true')
    await expect(run).toHaveAccessibleDescription('Offline: spending needs an answer from the platform, and is never queued. Estimates work.')
  })
})
