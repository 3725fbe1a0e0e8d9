import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type ElectronApplication, type Page } from '@playwright/test'
import type { Machine } from '../machine.ts'
import { cannotLaunch, launchDesktop } from '../runtime.ts'

export { expect }

export const sampleFolder = join(import.meta.dirname, 'sample')

/** The sample application, running; `seen` is what it was told so far. */
export type Sample = { app: ElectronApplication; page: Page; userData: string; seen(): Promise<string[]> }

/** What the preload exposes to the page. */
declare global {
  interface Window {
    sample: {
      sandboxed: boolean
      version(): { number: number; secret?: unknown }
      invoke(channel: string, ...args: unknown[]): Promise<unknown>
      onTick(listener: (number: number) => void): () => void
      boom(): void
      raw: object
      got?: string
    }
  }
  var seen: string[]
  var say: (number: number) => void
  var theme: Electron.NativeTheme
}

export const test = base.extend<{ preload: string; sampleArguments: string[]; machine: Partial<Machine>; userData: string; sample: Sample }>({
  preload: ['preload.cjs', { option: true }],
  sampleArguments: [[], { option: true }],
  /** What is different about the computer, on the stand-in. */
  machine: [{}, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern.
  userData: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'electron-sample-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  },
  sample: async ({ preload, sampleArguments, machine, userData }, use, info) => {
    const reason = cannotLaunch()
    info.skip(reason !== null, reason ?? '')
    const app = await startSample(userData, [`--preload=${preload}`, ...sampleArguments], machine)
    const page = await app.firstWindow()
    await page.getByRole('heading', { name: 'Sample' }).waitFor()
    await use({ app, page, userData, seen: () => app.evaluate(() => globalThis.seen) })
    await app.close()
  },
})

export function startSample(userData: string, args: string[] = [], machine: Partial<Machine> = {}): Promise<ElectronApplication> {
  const env = { ELECTRON_DOUBLE_MACHINE: JSON.stringify(machine) }
  return launchDesktop({ cwd: sampleFolder, args: ['.', `--user-data-dir=${userData}`, ...args], env })
}
