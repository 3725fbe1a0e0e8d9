import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cannotLaunch } from '../../../desktop-double/runtime.ts'
import type { TestPlatform } from '../../support/test-platform.ts'
import { test as base } from '@playwright/test'
import type { DesktopComputer } from './desktop-computer.ts'
import { DesktopStage, expect } from './desktop-stage.ts'

/** A running console whose page is in the hands of an attacker, and somebody else's server on the same computer. */
export type Siege = {
  readonly computer: DesktopComputer
  readonly platform: TestPlatform
  readonly strangerUrl: string
  /** Paths that the stranger was asked for, which should be none. */
  readonly strangerWasAsked: string[]
  /** Runs it in the page, with the stranger's address as `stranger`, and answers which rules of the content policy stopped something. */
  violations(code: string): Promise<string[]>
  /** As the application sees it. */
  ownAddress(): Promise<string>
  /** What the window of the product was made with, which only the stand-in tells. */
  preferences(): Promise<Record<string, unknown>>
  /** Long enough for a navigation to be asked about and refused. */
  settled(): Promise<void>
}

/** One console for all specs of a worker: each must leave it as it was, which is checked after each. */
export const test = base.extend<{ siege: Siege }, { besieged: Siege | null }>({
  besieged: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern.
    async ({}, use) => {
      if (cannotLaunch() !== null) return await use(null)
      const stage = new DesktopStage()
      const platform = await stage.platform()
      const computer = await stage.computer(platform)
      const strangerWasAsked: string[] = []
      const stranger = createServer((request, response) => {
        strangerWasAsked.push(request.url ?? '')
        if (request.url === '/leads-away') response.writeHead(302, { location: '/where-it-leads' })
        response.end('<title>stranger</title>')
      })
      await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
      const strangerUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
      await use({ computer, platform, strangerUrl, strangerWasAsked, ...attacksOn(computer, strangerUrl) })
      stranger.close()
      await stage.close()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  siege: async ({ besieged }, use, info) => {
    const reason = cannotLaunch()
    info.skip(reason !== null, reason ?? '')
    if (besieged === null) return
    await use(besieged)
    // Whatever was tried: the window is where it was, alone, and nobody was asked.
    const { computer } = besieged
    expect(await besieged.ownAddress()).toMatch(/^app:\/\/console\//)
    await expect(computer.page.getByRole('navigation', { name: 'Main' })).toBeVisible()
    expect(await computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
    expect(await computer.openedExternally()).toEqual([])
    expect(besieged.strangerWasAsked).toEqual([])
  },
})

function attacksOn(computer: DesktopComputer, strangerUrl: string): Pick<Siege, 'violations' | 'ownAddress' | 'preferences' | 'settled'> {
  return {
    async violations(code) {
      await computer.page.evaluate(() => {
        const stopped: string[] = []
        Object.assign(window, { stopped })
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => void stopped.push(effectiveDirective))
      })
      await computer.page.evaluate(`{ const stranger = ${JSON.stringify(strangerUrl)}; ${code} }`)
      await computer.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)))
      return await computer.page.evaluate(() => Reflect.get(window, 'stopped') as string[])
    },
    ownAddress: () => computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL() ?? ''),
    preferences: () =>
      computer.app.evaluate(({ BrowserWindow }) => JSON.parse(JSON.stringify(Reflect.get(BrowserWindow.getAllWindows()[0] ?? {}, 'preferences')))),
    async settled() {
      await computer.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
    },
  }
}
