import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '../support/stage.ts'

const run = promisify(execFile)

test('the commands that the seed prints answer on the platform that comes with the console, and the console shows the same', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform, { token: platform.tokenOf('truss') })
  const page = await stage.page(computer, '/plans')
  /** A line of the seed as it is printed, but for the port. */
  const curl = async (command: string): Promise<unknown> =>
    JSON.parse((await run('bash', ['-c', command.replaceAll('localhost:8787', new URL(platform.url).host)])).stdout)

  await test.step('plan: the active tier, usage, limits and billing period dates', async () => {
    const answer = await curl('curl http://localhost:8787/api/billing/plan')
    expect(answer).toMatchObject({
      plan: { id: 'pro', price_cents: 2900 },
      limits: { branches: 5, storage: 150_000_000_000 },
      period: { start: expect.any(String) },
    })
    await expect(page.getByRole('columnheader', { name: /^Pro Current plan/ })).toContainText('$29 / month')
  })

  await test.step('quota: allowed, current, limit, resource', async () => {
    expect(await curl('curl http://localhost:8787/api/billing/quota?resource=branch')).toEqual({ allowed: true, current: 0, limit: 5, resource: 'branch' })
  })

  await test.step('usage, boosters and audit logs', async () => {
    expect(await curl('curl http://localhost:8787/api/billing/usage')).toMatchObject({
      usage: expect.arrayContaining([expect.objectContaining({ metric: 'branches' })]),
    })
    expect(await curl('curl http://localhost:8787/api/billing/boosters')).toEqual({ boosters: [] })
    expect(await curl('curl "http://localhost:8787/api/billing/audit-logs?limit=50&offset=0"')).toMatchObject({ limit: 50, offset: 0 })
  })

  await test.step('settings: read, and one changed from the outside shows in the console', async () => {
    expect(await curl('curl http://localhost:8787/api/billing/settings')).toMatchObject({ plan_id: 'pro', org_name: 'Acme Cloud' })
    await stage.go(page, '/settings')
    await expect(page.getByLabel('Organisation name')).toHaveValue('Acme Cloud')
    await curl('curl -X PUT http://localhost:8787/api/billing/settings -H "Content-Type: application/json" -d \'{"key": "org_name", "value": "Acme Corp"}\'')
    await expect(page.getByLabel('Organisation name')).toHaveValue('Acme Corp')
  })
})
