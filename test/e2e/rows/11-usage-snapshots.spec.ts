import { z } from 'zod'
import { countersResponse } from '../../../shared/contract/platform.ts'
import { snapshotsResponse } from '../../../shared/contract/platform/usage.ts'
import { expectAccessible } from '../support/accessibility.ts'
import { expect, test } from '../support/stage.ts'
import { showBy, trendOf, trendRows } from '../support/usage-page.ts'

const catalog = 'truss'

test('usage snapshots are written and drawn as trends, against the previous period, and offline too', async ({ stage }) => {
  const platform = await stage.platform({ history: true })
  const computer = await stage.computer(platform, { token: platform.tokenOf(catalog) })
  const page = await stage.page(computer, '/usage')
  await page.getByRole('link', { name: 'Bandwidth: trend and details' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Bandwidth' })).toBeFocused()
  await page.getByText('Each day', { exact: true }).click()

  // What the platform snapshot says is what the table under the chart says.
  const day = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10)
  const { body } = await platform.ask(
    'GET',
    `/api/billing/snapshots?metric=bandwidth&grain=day&from=${before(day)}&to=${day}`,
    undefined,
    platform.tokenOf(catalog),
  )
  const [first, second] = snapshotsResponse.parse(body).snapshots
  if (first === undefined || second === undefined) throw new Error('The platform has no snapshots of two days')
  const grown = second.used < first.used ? second.used : second.used - first.used
  await expect(trendOf(page)).toHaveAccessibleName(/Bandwidth: the most in one day was .* against .* in as much of the time before/)
  const rows = await trendRows(page)
  expect(rows.find(([date]) => date === inWords(day))?.[1]).toBe(`${(grown / 1e9).toFixed(1).replace(/\.0$/, '')} GB`)
  expect(rows.filter(([, , previous]) => previous !== '–').length).toBeGreaterThan(25)

  for (const grain of ['Hour', 'Month'] as const) {
    await showBy(page, grain)
    await expect(trendOf(page)).toHaveAccessibleName(new RegExp(`the most in one ${grain.toLowerCase()} was`))
  }
  expect((await trendRows(page)).filter(([, value]) => value !== '–')).toHaveLength(12)
  await expectAccessible(page, 'usage of one meter')

  // The address is the view, and the view does not need the platform.
  await platform.stop()
  await computer.stop()
  await computer.start()
  const offline = await stage.page(computer, '/usage?meter=bandwidth&by=month')
  await expect(trendOf(offline)).toHaveAccessibleName(/Bandwidth: the most in one month was/)
})

test('the counter of API requests increments on every /v1 request', async ({ stage }) => {
  const platform = await stage.platform()
  const count = async (): Promise<number> => {
    const { body } = await platform.ask('GET', '/api/billing/usage', undefined, platform.tokenOf(catalog))
    const { usage } = z.looseObject({ usage: countersResponse }).parse(body)
    return usage.find(({ metric }) => metric === 'api_requests')?.used ?? -1
  }
  const start = await count()
  for (let request = 0; request < 5; request += 1) await platform.ask('GET', '/v1/workspace', undefined, platform.tokenOf(catalog))
  await platform.ask('GET', '/api/billing/plan', undefined, platform.tokenOf(catalog))
  expect(await count()).toBe(start + 5)
})

function before(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
}

function inWords(date: string): string {
  return new Intl.DateTimeFormat('en-US', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(`${date}T00:00:00Z`))
}
