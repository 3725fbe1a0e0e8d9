import { expect, test } from '../support/stage.ts'

test('over quota the API answers 403 with a reason; the meter says it is full, and an upgrade makes room', async ({ stage }) => {
  const platform = await stage.platform()
  const token = platform.tokenOf('truss')
  const computer = await stage.computer(platform, { token })
  const page = await stage.page(computer, '/usage')
  const branch = (target: string) => platform.ask('POST', '/v1/operations', { action: 'branch.create', target }, token)

  for (let number = 1; number <= 5; number += 1) expect((await branch(`branch/${number}`)).status).toBe(201)

  await test.step('the refusal names the limit and the way out, word for word', async () => {
    const { status, body } = await branch('branch/6')
    expect(status).toBe(403)
    expect(body).toMatchObject({
      reason: 'Branch limit reached (5/5). Upgrade to Team for 20 branches.',
      meter: 'branches',
      used: 5,
      limit: 5,
      _suggestion: expect.any(String),
    })
  })

  await test.step('the console shows the full meter live', async () => {
    await expect(page.getByRole('meter', { name: /branches/i })).toHaveAttribute('aria-valuenow', '5')
  })

  await test.step('the Plans page says what the way out is, and the larger plan admits again', async () => {
    await stage.go(page, '/plans')
    const row = page.getByRole('row', { name: /^Database branches/ })
    await expect(row.getByRole('cell').nth(0)).toContainText('Over: 5 used')
    await expect(row.getByRole('cell').nth(2)).toHaveText('20')
    await page.getByRole('button', { name: 'Choose Team' }).click()
    const opening = page.waitForEvent('popup')
    await page.getByRole('button', { name: /^Pay .+ in the browser$/ }).click()
    const change = await opening
    await change.getByRole('button', { name: /^Pay .+ and change$/ }).click()
    await expect(change.getByRole('heading', { name: 'You are on Team now' })).toBeVisible()
    await change.close()
    expect((await branch('branch/6')).status).toBe(201)
  })
})
