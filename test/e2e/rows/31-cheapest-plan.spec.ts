import { expect, test } from '../support/stage.ts'

test('find the cheapest plan: replays the cached usage against every plan and booster, without a network', async ({ stage }) => {
  test.setTimeout(120_000)
  const platform = await stage.platform({ history: true })
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url, token: platform.tokenOf('truss') })
  const page = await stage.page(computer, '/plans')
  await expect(page.getByRole('button', { name: /^Connection: Online/ })).toBeVisible()
  // Everything that the platform has to tell is on this computer before the line is cut.
  await expect
    .poll(async () => (await computer.call('plans.cheapest', { workspaceId: await computer.workspaceId() })).periods.length, { timeout: 60_000 })
    .toBe(13)
  await line.setFaults({ kind: 'refuse' })
  line.cut()
  await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()

  const section = page.getByRole('region', { name: 'Find the cheapest plan' })
  await section.getByRole('button', { name: 'Replay my usage' }).click()
  const table = section.getByRole('table')
  await expect(table.getByRole('row')).toHaveCount(5)
  await expect(section).toContainText('12 periods and the running period so far')
  await expect(table.getByRole('row', { name: /^Pro/ })).toContainText('Current')
  // One plan is named as the cheapest, and its numbers are those of the sentence above.
  const cheapest = table.getByRole('row').filter({ hasText: 'Cheapest' })
  await expect(cheapest).toHaveCount(1)
  const total = Number(((await cheapest.getByRole('cell').nth(1).textContent()) ?? '').replace(/[$,]/g, ''))
  const mean = Number(((await cheapest.getByRole('cell').nth(2).textContent()) ?? '').replace(/[$,]/g, ''))
  expect(total).toBeGreaterThan(0)
  expect(Math.abs(mean * 13 - total)).toBeLessThan(0.13)
  // What would have been refused is said, so a plan is never cheap by leaving something out.
  await expect(table.getByRole('row', { name: /^Starter/ })).toContainText('Would have refused')
})
