/** `npm run screens`: every page of the console, in both themes, as pictures in `.screens/`, from a console of its own with the embedded sandbox. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from '@playwright/test'
import { buildIfNeeded } from './build-if-needed.ts'
import { installBrowser } from './install-browser.ts'
import { root } from './sources.ts'

const folder = join(root, '.screens')
const linkWithinMs = 60_000

const browserPath = installBrowser((line) => console.log(line))
if (browserPath === null || !buildIfNeeded()) process.exitCode = 1
else await takeScreens(browserPath)

async function takeScreens(executablePath: string): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidemark-screens-'))
  const host = spawn(process.execPath, [join(root, 'out/main/web.js'), '--no-open', '--port', '0', '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  try {
    mkdirSync(folder, { recursive: true })
    const page = await browser.newPage({ viewport: { width: 1360, height: 860 } })
    await page.goto(await launchLink(host))
    const links = page.locator('nav a[href]')
    await links.first().waitFor()
    const addresses = await links.evaluateAll((found) => found.map((link) => (link as HTMLAnchorElement).href))
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const address of new Set(addresses)) {
        await page.goto(address)
        await page.waitForTimeout(1_000)
        const name = new URL(address).hash.replaceAll(/[^a-z0-9]+/gi, '-').replaceAll(/^-|-$/g, '') || 'overview'
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
        console.log(`.screens/${name}-${colorScheme}.png`)
      }
    }
  } finally {
    await browser.close()
    const exited = once(host, 'exit')
    host.kill('SIGTERM')
    await exited
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function launchLink(host: ChildProcess): Promise<string> {
  if (host.stdout === null) throw new Error('the host has no output')
  const tooLate = setTimeout(() => host.kill('SIGKILL'), linkWithinMs)
  for await (const line of createInterface({ input: host.stdout })) {
    const link = /http:\/\/127\.0\.0\.1:\d+\/#launch=\S+/.exec(line)?.[0]
    if (link === undefined) continue
    clearTimeout(tooLate)
    // The host must not wait for somebody to read what else it says.
    host.stdout.resume()
    return link
  }
  throw new Error('the console did not start')
}
