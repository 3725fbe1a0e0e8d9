import { launchChromium } from './chromium.ts'
import type { DevTools } from './devtools.ts'

let connected: DevTools | null = null
let closing = false
const ends: (() => void)[] = []

/** The Chromium in which every window of the application lives. */
export function browser(): DevTools {
  if (connected === null) throw new Error('electron double: Chromium has not been started')
  return connected
}

/** @returns the address at which Playwright may join */
export async function startBrowser(switches: ReadonlyMap<string, string>, profile: string): Promise<string> {
  const chromium = await launchChromium(switches, profile)
  process.once('exit', () => chromium.process.kill('SIGKILL'))
  chromium.process.once('exit', () => {
    for (const end of ends) end()
  })
  connected = chromium.devtools
  return chromium.url
}

export function onBrowserEnd(listener: () => void): void {
  ends.push(listener)
}

/** What fails from then on fails because of it. */
export function browserIsClosing(): boolean {
  return closing
}

/** In order, so that what pages have stored reaches the disk. False: there is none to close. */
export function closeBrowser(): boolean {
  if (connected === null) return false
  closing = true
  // It may be gone before it answers.
  connected.send('Browser.close', {}).catch(() => {})
  return true
}
