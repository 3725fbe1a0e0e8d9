/** `npm run screens`: every page × theme × state × size as a picture in `.screens/`, from a real platform, engine and browser. Looked at, not asserted. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { megabytes } from '../e2e/support/agent.ts'
import { expect, type Stage, test } from '../e2e/support/stage.ts'

const folder = join(import.meta.dirname, '../../.screens')
const sizes = [
  { width: 1280, height: 800 },
  { width: 900, height: 640 },
]
/** The pages that are about this computer; what a platform offers is found in the navigation. */
const paths = { overview: '/', audit: '/audit', outbox: '/outbox', devices: '/devices', honesty: '/honesty', plans: '/plans', settings: '/settings' }

async function take(stage: Stage, page: Page, state: string, pages: Readonly<Record<string, string>> = paths): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, path] of Object.entries(pages)) {
    await stage.go(page, path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const size of sizes) {
        await page.setViewportSize(size)
        // Long enough for a read and a layout; a picture of a skeleton would hide what is to be looked at.
        await page.waitForTimeout(400)
        await page.screenshot({ path: join(folder, `${name}-${state}-${colorScheme}-${size.width}.png`) })
      }
    }
  }
}

for (const catalog of ['truss', 'truthlocks', 'triform', 'analytics']) {
  test(`pictures of every page of ${catalog}`, async ({ stage }) => {
    const platform = await stage.platform({ history: true })
    const computer = await stage.computer(platform, { token: platform.tokenOf(catalog) })
    const page = await stage.page(computer)
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link')
    await expect(links.filter({ hasText: 'Invoices' })).toBeVisible()
    const found: [string, string][] = []
    for (const link of await links.all()) {
      const path = ((await link.getAttribute('href')) ?? '').replace('#', '')
      found.push([path === '/' ? 'overview' : path.slice(1), path])
    }
    await take(stage, page, catalog, Object.fromEntries(found))
  })
}

test('pictures of every page', async ({ stage }) => {
  const platform = await stage.platform()
  const proxy = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: proxy.url })
  const page = await stage.page(computer)

  await take(stage, page, 'empty')

  const agents = [await computer.agent('research-agent'), await computer.agent('inbox-agent')]
  for (let index = 0; index < 90; index += 1) {
    await Promise.all(agents.map((agent, number) => agent.write(`notes/${number}/${index}`, megabytes(0.2))))
  }
  await stage.go(page, '/')
  await expect(page.getByRole('region', { name: /held on this computer/ })).toBeVisible()
  await take(stage, page, 'held')

  await proxy.setFaults({ kind: 'refuse' })
  proxy.cut()
  await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
  await take(stage, page, 'offline')

  await proxy.setFaults({
    kind: 'answer',
    status: 401,
    body: JSON.stringify({ code: 'unauthorized', message: 'The token has expired.', _suggestion: 'Sign in again.' }),
  })
  await computer.call('workspaces.syncNow', { workspaceId: await computer.workspaceId() })
  await expect(page.getByRole('button', { name: /^Connection: (The sign-in|Signed out)/ })).toBeVisible()
  await take(stage, page, 'signed-out')
})
