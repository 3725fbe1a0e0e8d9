import { request } from 'node:http'
import { WebSocket } from 'ws'
import { expect, test } from './support/stage.ts'

const refused = 'This tab is not connected to a console'

test('a link lets one tab in, once; a reload stays in; another tab without a link is refused in words', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const link = await computer.launchLink()
  const context = await stage.context()
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()

  await test.step('the token is out of the address at once', async () => {
    expect(page.url()).not.toContain(link.split('#')[1])
    expect(new URL(page.url()).hash).toBe('#/')
  })

  await test.step('a reload keeps the session', async () => {
    await page.getByRole('link', { name: 'Outbox' }).click()
    await page.reload()
    await expect(page.getByRole('heading', { name: 'Outbox' })).toBeVisible()
    await expect(page.getByRole('button', { name: /^Connection:/ })).toContainText('Online')
  })

  await test.step('every page is drawn without a complaint of the browser', async () => {
    for (const name of ['Devices & sub-keys', 'Honesty', 'Settings', 'Overview']) {
      await page.getByRole('link', { name }).click()
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
    }
    await stage.go(page, '/upgrade')
    await expect(page.getByRole('heading', { level: 1, name: 'Plans' })).toBeVisible()
    expect(complaints).toEqual([])
  })

  await test.step('the used link, a wrong one and no link at all', async () => {
    const used = await context.newPage()
    await used.goto(link)
    await expect(used.getByText(refused)).toBeVisible()
    await expect(used.getByText('Open the link that the console printed when it started.')).toBeVisible()

    const wrong = await context.newPage()
    await wrong.goto(`${new URL(link).origin}/#launch=${'A'.repeat(43)}`)
    await expect(wrong.getByText(refused)).toBeVisible()

    const bare = await context.newPage()
    await bare.goto(new URL(link).origin)
    await expect(bare.getByText(refused)).toBeVisible()
    expect(await bare.evaluate(() => window.sessionStorage.length)).toBe(0)
    await expect(bare.getByRole('navigation')).toHaveCount(0)
  })

  await test.step('the first tab is none the worse for it', async () => {
    await page.reload()
    await expect(page.getByRole('heading', { level: 1, name: 'Plans' })).toBeVisible()
  })
})

test('a page of another origin, another host name and a program without an origin do not get in', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const link = new URL(await computer.launchLink())
  const hello = JSON.stringify({ type: 'hello', launchToken: link.hash.slice('#launch='.length) })

  expect(await knock(`ws://${link.host}/bridge`, { origin: 'http://evil.example' }, hello)).toBe(403)
  expect(await knock(`ws://${link.host}/bridge`, { origin: `http://localhost:${link.port}` }, hello)).toBe(403)
  expect(await knock(`ws://${link.host}/bridge`, {}, hello)).toBe(403)
  expect(await knock(`ws://${link.host}/bridge`, { origin: link.origin, headers: { host: 'evil.example' } }, hello)).toBe(403)
  expect(await statusOf(link, { host: 'evil.example' })).toBe(403)
  expect(await statusOf(link, { host: `localhost:${link.port}` })).toBe(403)
  expect(await statusOf(link, { origin: 'http://evil.example' })).toBe(403)

  await test.step('a real page of another port cannot read or write', async () => {
    const context = await stage.context()
    const stranger = await context.newPage()
    await stranger.goto(new URL('/healthz', (await computer.call('workspaces.list', {}))[0]?.url).href)
    const outcome = await stranger.evaluate(
      ([url, text]) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url ?? '')
          socket.onopen = () => socket.send(text ?? '')
          socket.onmessage = () => resolve('let in')
          socket.onclose = () => resolve('refused')
        }),
      [`ws://${link.host}/bridge`, hello],
    )
    expect(outcome).toBe('refused')
  })

  await test.step('none of them used up the link, and the policy of the page is strict', async () => {
    const context = await stage.context()
    const page = await context.newPage()
    const answer = await page.goto(link.href)
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
    const policy = answer?.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain(`connect-src 'self' ws://${link.host};`)
    expect(policy).not.toContain('unsafe')
    expect(answer?.headers()['x-content-type-options']).toBe('nosniff')
  })
})

/** The status with which the socket was refused; 101 when it was opened. */
function knock(url: string, options: { origin?: string; headers?: Record<string, string> }, hello: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, options)
    socket.on('error', () => undefined)
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
    socket.on('open', () => {
      socket.send(hello)
      socket.close()
      resolve(101)
    })
  })
}

function statusOf(link: URL, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: link.hostname, port: link.port, path: '/', headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}
