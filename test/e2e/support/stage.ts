import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Browser, type BrowserContext, expect, type Page } from '@playwright/test'
import { type FaultProxy, startFaultProxy } from '../../faults/proxy.ts'
import { TestComputer } from './test-computer.ts'
import { type PlatformOptions, startTestPlatform, type TestPlatform } from './test-platform.ts'

export { expect }

export type ComputerOptions = { at?: string; token?: string; dataDir?: string; env?: NodeJS.ProcessEnv }

/** Everything that one spec starts: a platform, a faulty line to it, computers with consoles, browsers. Stopped and removed at its end. */
export class Stage {
  readonly #browser: Browser
  readonly #folders: string[] = []
  readonly #contexts: BrowserContext[] = []
  readonly #closers: (() => Promise<void>)[] = []
  readonly programs: { name: string; lines: () => readonly string[] }[] = []
  /** What a page threw, or a content policy stopped: no spec wants any. */
  readonly pageErrors: string[] = []

  constructor(browser: Browser) {
    this.#browser = browser
  }

  async platform(options: PlatformOptions = {}): Promise<TestPlatform> {
    const platform = await startTestPlatform(await this.folder('platform'), options)
    this.#closers.push(() => platform.stop())
    this.programs.push({ name: 'platform', lines: () => platform.program.lines })
    return platform
  }

  async proxy(platform: TestPlatform): Promise<FaultProxy> {
    const proxy = await startFaultProxy({ target: platform.url })
    this.#closers.push(() => proxy.close())
    return proxy
  }

  /** A computer whose console has started. `at`: the address of the platform as this computer knows it; `dataDir`: a folder of the spec's own; `token`: of another member than the first. */
  async computer(platform: TestPlatform, { at = platform.url, dataDir, env, token = platform.token }: ComputerOptions = {}): Promise<TestComputer> {
    const computer = new TestComputer(dataDir ?? (await this.folder('computer')), at, { TIDEMARK_TOKEN: token, ...env })
    this.#closers.push(() => computer.stop())
    this.programs.push({ name: 'console', lines: () => computer.lines })
    await computer.start()
    return computer
  }

  /** Calls `work` before the folders go. */
  atEnd(work: () => Promise<void>): void {
    this.#closers.push(work)
  }

  /** A browser of its own, as another person's would be, at the console's page. */
  async page(computer: TestComputer, path = '/'): Promise<Page> {
    const context = await this.context()
    const page = await context.newPage()
    await this.enter(page, computer, path)
    return page
  }

  async context(): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ viewport: { width: 1360, height: 860 }, acceptDownloads: true, locale: 'en-US' })
    // A button that is not there fails at its line, not after the whole test's time.
    context.setDefaultTimeout(20_000)
    this.#contexts.push(context)
    context.on('page', (page) => {
      page.on('pageerror', (error) => this.pageErrors.push(error.message))
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) this.pageErrors.push(message.text())
      })
    })
    return context
  }

  /** Opens the console in a page with a fresh link, at a page of it. */
  async enter(page: Page, computer: TestComputer, path = '/'): Promise<void> {
    await page.goto(await computer.launchLink())
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
    if (path !== '/') await this.go(page, path)
  }

  /** As a person does who types an address: a change of the fragment loads nothing anew. */
  async go(page: Page, path: string): Promise<void> {
    await page.evaluate((hash) => {
      window.location.hash = hash
    }, `#${path}`)
  }

  async folder(name: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), `tidemark-e2e-${name}-`))
    this.#folders.push(folder)
    return folder
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close()
    // What started last stops first: consoles say goodbye to the platform.
    for (const close of this.#closers.reverse()) await close()
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true })
  }
}

export const test = base.extend<{ stage: Stage }>({
  stage: async ({ browser }, use, info) => {
    const stage = new Stage(browser)
    await use(stage)
    if (info.status !== info.expectedStatus) {
      for (const { name, lines } of stage.programs) await info.attach(name, { body: lines().join('\n'), contentType: 'text/plain' })
    }
    await stage.close()
    expect(stage.pageErrors).toEqual([])
  },
})
