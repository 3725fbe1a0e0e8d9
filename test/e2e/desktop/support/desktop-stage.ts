import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { cannotLaunch, desktopRuntime } from '../../../desktop-double/runtime.ts'
import type { Machine } from '../../../desktop-double/machine.ts'
import { type FaultProxy, startFaultProxy } from '../../../faults/proxy.ts'
import { TestComputer } from '../../support/test-computer.ts'
import { startTestPlatform, type TestPlatform } from '../../support/test-platform.ts'
import { DesktopComputer } from './desktop-computer.ts'

export { expect }

/** Why a spec for real Electron alone does not run here. */
export const notReal = desktopRuntime.kind === 'double' ? `real Electron is not run: ${desktopRuntime.why}; the stand-in runs the other specs` : ''

/** Everything that one spec starts. Stopped and removed at its end. */
export class DesktopStage {
  readonly #folders: string[] = []
  readonly #closers: (() => Promise<unknown>)[] = []
  readonly programs: { name: string; lines: () => readonly string[] }[] = []

  async platform(): Promise<TestPlatform> {
    const platform = await startTestPlatform(await this.folder('platform'))
    this.#closers.push(() => platform.stop())
    this.programs.push({ name: 'platform', lines: () => platform.program.lines })
    return platform
  }
  async proxy(platform: TestPlatform): Promise<FaultProxy> {
    const proxy = await startFaultProxy({ target: platform.url })
    this.#closers.push(() => proxy.close())
    return proxy
  }
  /** A computer whose console has started. `at`: the address of the platform as this computer knows it; no platform: the embedded sandbox. */
  async computer(platform?: TestPlatform, { at, machine = {} }: { at?: string; machine?: Partial<Machine> } = {}): Promise<DesktopComputer> {
    const chosen = platform === undefined ? null : { url: at ?? platform.url, token: platform.token }
    const computer = new DesktopComputer(await this.folder('computer'), chosen, machine)
    this.#closers.push(() => computer.quit())
    this.programs.push({ name: 'console', lines: () => computer.lines })
    await computer.start()
    return computer
  }
  /** A computer whose data folder the web host has; its desktop has not been started. */
  async computerInBrowser(platform: TestPlatform): Promise<{ computer: DesktopComputer; web: TestComputer }> {
    const dataDir = await this.folder('computer')
    const web = new TestComputer(dataDir, platform.url, { TIDEMARK_TOKEN: platform.token })
    const computer = new DesktopComputer(dataDir, platform)
    this.#closers.push(
      () => web.stop(),
      () => computer.quit(),
    )
    await web.start()
    return { computer, web }
  }
  async close(): Promise<void> {
    // What started last stops first: consoles say goodbye to the platform.
    for (const close of this.#closers.reverse()) await close()
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async folder(name: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), `tidemark-desktop-${name}-`))
    this.#folders.push(folder)
    return folder
  }
}

/** As a person does who follows a link: a change of the fragment loads nothing anew. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    window.location.hash = hash
  }, `#${path}`)
}

export const test = base.extend<{ stage: DesktopStage }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern.
  stage: async ({}, use, info) => {
    const reason = cannotLaunch()
    info.skip(reason !== null, reason ?? '')
    const stage = new DesktopStage()
    await use(stage)
    if (info.status !== info.expectedStatus) {
      for (const { name, lines } of stage.programs) await info.attach(name, { body: lines().join('\n'), contentType: 'text/plain' })
    }
    await stage.close()
  },
})
