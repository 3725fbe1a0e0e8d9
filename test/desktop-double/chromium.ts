import { type ChildProcess, spawn } from 'node:child_process'
import { DevTools } from './devtools.ts'

export type Chromium = { process: ChildProcess; devtools: DevTools; url: string }

/** Electron's own, or of no meaning to a browser without its own windows. */
const notForChromium = new Set(['inspect', 'remote-debugging-port', 'user-data-dir', 'no-sandbox', 'enable-features'])

const always = [
  '--remote-debugging-port=0',
  // Closes with this process, however it dies, and takes Chromium along: a killed run leaves nothing behind.
  '--remote-debugging-pipe',
  '--no-startup-window',
  '--headless=new',
  '--hide-scrollbars',
  '--disable-back-forward-cache',
  '--no-first-run',
  // The pages of an address bar, loaded anew with every window, though no window of ours has one.
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-mock-keychain',
  // No network leaves a test.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  '--use-fake-device-for-media-stream',
]

/**
 * @param switches of the application's command line: name → value
 * @throws with the last words of Chromium when it does not start
 */
export async function launchChromium(switches: ReadonlyMap<string, string>, profile: string): Promise<Chromium> {
  const path = process.env.TIDEMARK_BROWSER || 'chromium'
  const child = spawn(path, [...always, `--user-data-dir=${profile}`, ...sandboxSwitches(), ...translated(switches)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  })
  const url = await addressOf(child)
  return { process: child, devtools: await DevTools.connect(url), url }
}

/** Chromium's sandbox does not run as root, which a container is. */
function sandboxSwitches(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : []
}

function translated(switches: ReadonlyMap<string, string>): string[] {
  return [...switches].flatMap(([name, value]) => {
    if (notForChromium.has(name)) return []
    return [value === '' ? `--${name}` : `--${name}=${value}`]
  })
}

function addressOf(chromium: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    chromium.once('error', reject)
    chromium.once('exit', (code) => reject(new Error(`Chromium ended with code ${code ?? 'none'}: ${said.slice(-2000)}`)))
    chromium.stderr?.on('data', (chunk) => {
      said += String(chunk)
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (address !== undefined) resolve(address)
    })
  })
}
