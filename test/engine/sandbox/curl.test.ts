import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { besideFile, nothingBeside } from '../../beside.ts'
import { SandboxFixture, SteppedClock } from './fixture.ts'
import { type OpenApiCheck, openApiCheckOf } from './openapi-check.ts'

const run = promisify(execFile)
const seedPath = 'seeds/truss-billing.txt'

/** The ten commands, each with the line of the seed that prints it. */
const commands = [
  { line: 22, command: 'curl http://localhost:8787/api/billing/plan' },
  { line: 36, command: 'curl http://localhost:8787/api/billing/quota?resource=branch' },
  { line: 40, command: 'curl http://localhost:8787/api/billing/usage' },
  { line: 53, command: 'curl http://localhost:8787/api/billing/boosters' },
  { line: 80, command: 'curl http://localhost:8787/api/billing/settings' },
  {
    line: 81,
    command:
      'curl -X PUT http://localhost:8787/api/billing/settings \\ -H "Content-Type: application/json" \\ -d \'{"key": "org_name", "value": "Acme Corp"}\'',
  },
  { line: 93, command: 'curl "http://localhost:8787/api/billing/audit-logs?limit=50&offset=0"' },
  { line: 96, command: 'curl "http://localhost:8787/api/billing/audit-logs?action=branch.create"' },
  { line: 97, command: 'curl "http://localhost:8787/api/billing/audit-logs?from=2025-01-01&to=2025-01-31"' },
  { line: 98, command: 'curl "http://localhost:8787/api/billing/audit-logs?search=backup"' },
] as const

let fixture: SandboxFixture
let check: OpenApiCheck
const clock = new SteppedClock(Date.UTC(2025, 0, 20, 9))

beforeAll(async () => {
  fixture = await SandboxFixture.start({ clock })
  check = await openApiCheckOf(fixture.sandbox.url)
  // What the seed's customer has done: two branches, and a backup.
  for (const [action, target] of [
    ['branch.create', 'branch/feature-a'],
    ['branch.create', 'branch/feature-b'],
    ['backup.create', 'backup/nightly'],
  ]) {
    await curl(`curl -X POST http://localhost:8787/v1/operations -H "Content-Type: application/json" -d '${JSON.stringify({ action, target })}'`)
  }
})
afterAll(async () => {
  await fixture.stop()
})

/** Runs a command as it is printed but for the port; where the page has joined the lines of one, they are taken apart again. */
async function curl(command: string): Promise<unknown> {
  const { stdout } = await run('bash', ['-c', command.replaceAll(' \\ ', ' \\\n').replaceAll('localhost:8787', `localhost:${fixture.sandbox.port}`)])
  const body: unknown = JSON.parse(stdout)
  const method = /-X (\w+)/.exec(command)?.[1] ?? 'GET'
  const path = /localhost:8787([^\s"]+)/.exec(command)?.[1] ?? ''
  check.check({ method, path, status: method === 'POST' ? 201 : 200, contentType: 'application/json', body })
  return body
}

describe('the commands that the seed prints', () => {
  test('are these ten, each on its line', (context) => {
    const seed = besideFile(seedPath)
    if (seed === null) return context.skip(nothingBeside(seedPath))
    const lines = seed.split('\n')
    for (const { line, command } of commands) expect(lines[line - 1], `line ${line}`).toContain(command)
    expect(lines.join('\n').match(/curl (?:-X|"?http)/g)).toHaveLength(commands.length)
  })

  test('plan: the tier, usage, limits and billing period dates', async () => {
    const body = await curl(commands[0].command)
    expect(body).toEqual({
      plan: {
        id: 'pro',
        name: 'Pro',
        price_cents: 2900,
        currency: 'usd',
        interval: 'month',
        cancel_at_period_end: false,
        payment_method: 'Visa ending 4242',
        subscribed: true,
        pending_change: null,
        cancel_at: null,
      },
      usage: expect.objectContaining({ branches: 2, storage: 0 }),
      limits: expect.objectContaining({ branches: 5, storage: 150_000_000_000, projects: 5, api_rate: 1000 }),
      period: { start: '2025-01-08T09:00:00.000Z', end: '2025-02-08T09:00:00.000Z' },
    })
  })

  test('quota: word for word what the seed shows', async () => {
    expect(await curl(commands[1].command)).toEqual({ allowed: true, current: 2, limit: 5, resource: 'branch' })
  })

  test('usage: the period across all metered dimensions', async () => {
    const body = await curl(commands[2].command)
    expect(body).toMatchObject({ period: { start: '2025-01-08T09:00:00.000Z' } })
    const metrics = (body as { usage: { metric: string }[] }).usage.map(({ metric }) => metric)
    for (const named of ['database_size', 'storage', 'auth_mau', 'api_requests', 'branches', 'webhooks']) expect(metrics).toContain(named)
  })

  test('boosters: none before one is bought', async () => {
    expect(await curl(commands[3].command)).toEqual({ boosters: [] })
  })

  test('settings: all of them, then one that is changed', async () => {
    expect(await curl(commands[4].command)).toMatchObject({ plan_id: 'pro', org_name: 'Acme Cloud', billing_email: 'billing@acme.example' })
    expect(await curl(commands[5].command)).toEqual({ org_name: 'Acme Corp' })
    expect(await curl(commands[4].command)).toMatchObject({ org_name: 'Acme Corp' })
  })

  test('audit logs: a page, by action, by date range, by keyword', async () => {
    const read = async (index: 6 | 7 | 8 | 9) =>
      (await curl(commands[index].command)) as { entries: Record<string, unknown>[]; total: number; limit: number; offset: number }
    const page = await read(6)
    expect(page).toMatchObject({ limit: 50, offset: 0, total: page.entries.length })
    expect(page.entries.length).toBeGreaterThanOrEqual(4)
    for (const entry of page.entries) expect(Object.keys(entry)).toEqual(expect.arrayContaining(['action', 'actor', 'target', 'metadata', 'created_at']))
    expect((await read(7)).entries.map(({ action, target }) => [action, target])).toEqual([
      ['branch.create', 'branch/feature-b'],
      ['branch.create', 'branch/feature-a'],
    ])
    expect((await read(8)).total).toBe(page.total)
    expect((await read(9)).entries.map(({ target }) => target)).toEqual(['backup/nightly'])
  })
})
