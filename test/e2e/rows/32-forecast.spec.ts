import { z } from 'zod'
import { expect, test } from '../support/stage.ts'
import { bar, sendUsage, trendRows } from '../support/usage-page.ts'

const catalog = 'analytics'

test('a forecast to the end of the period with a range, and the day on which a limit will be reached, offline too', async ({ stage }) => {
  const platform = await stage.platform({ history: true })
  const computer = await stage.computer(platform, { token: platform.tokenOf(catalog) })
  const page = await stage.page(computer, '/usage')
  const card = page.getByRole('article').filter({ has: bar(page, 'LLM tokens') })
  await expect(card).toContainText(/About [\d.]+M by \w+ \d+ \([\d.]+M to [\d.]+M\)/)
  await expect(card).toContainText(/Reaches its limit about \w+ \d+/)

  // Of a full meter no day is foretold.
  await sendUsage(platform, catalog, [{ metric: 'compute_minutes', quantity: 30_000 }])
  const full = page.getByRole('article').filter({ has: bar(page, 'Compute') })
  await expect(bar(page, 'Compute')).toHaveAttribute('aria-valuetext', /Limit|limit|Over|over/)
  await expect(full).toContainText('The limit has been reached', { timeout: 2_000 })

  await page.getByRole('link', { name: 'LLM tokens: trend and details' }).click()
  await expect(page.getByText('From the growth of the last 28 days; four of five cases lie in the range.')).toBeVisible()
  // The running total goes on as expected; on the day that is named it passes the limit, and not before.
  const rows = (await trendRows(page))
    .toReversed()
    .map(([date = '', , , expected = '–', low = '–', high = '–']) => ({ date, values: [low, expected, high].map(numberOf) }))
  const limit = 5_000_000
  const ahead = rows.filter(({ values }) => values.every((value) => value !== null))
  expect(ahead.length).toBeGreaterThan(5)
  for (const { values } of ahead) expect([...values].sort((one, other) => (one ?? 0) - (other ?? 0))).toEqual(values)
  // Read from the same page: where the limit is reached about midnight, a minute later it is another day.
  const day = /Reaches its limit about (\w+ \d+)/.exec(await page.getByRole('main').innerText())?.[1] ?? ''
  expect(day).not.toBe('')
  expect(ahead.find(({ values: [, expected] }) => (expected ?? 0) >= limit)?.date).toMatch(new RegExp(`^${day}`))

  const { forecast } = await readForecast()
  await platform.stop()
  await computer.stop()
  await computer.start()
  const offline = await stage.page(computer, '/usage')
  await expect(offline.getByRole('article').filter({ has: bar(offline, 'LLM tokens') })).toContainText(/Reaches its limit about \w+ \d+/)
  const later = await readForecast()
  expect(Math.abs(later.forecast.expected - forecast.expected)).toBeLessThan(forecast.expected / 100)

  async function readForecast() {
    const { meters } = await computer.call('usage.read', { workspaceId: await computer.workspaceId() })
    return z.looseObject({ forecast: z.looseObject({ expected: z.number() }) }).parse(meters.find(({ meter }) => meter === 'llm_tokens'))
  }
})

test('without three days of usage there is no forecast, and it says so', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform, { token: platform.tokenOf(catalog) })
  const page = await stage.page(computer, '/usage')
  await expect(page.getByRole('article').filter({ has: bar(page, 'LLM tokens') })).toContainText('A forecast needs three days of usage.')
})

function numberOf(text: string): number | null {
  return text === '–' ? null : Number(text.replaceAll(',', ''))
}
