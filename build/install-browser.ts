import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findBrowser } from './find-browser.ts'
import { root } from './sources.ts'
import { cannotInstall, installSystemPackages } from './system-packages.ts'

const downloadWithinMs = 240_000

/** Finds a browser for the tests, or gets one: Playwright's own, else Debian's where we are root. Says which. Null: there is none to be had. */
export function installBrowser(say: (line: string) => void): string | null {
  const present = findBrowser()
  if (present !== null) {
    say(`Browser: ${present}`)
    return present
  }
  say('Browser: none here; downloading the one of Playwright …')
  const download = spawnSync(process.execPath, [join(root, 'node_modules/playwright/cli.js'), 'install', 'chromium', '--no-shell'], {
    stdio: 'ignore',
    timeout: downloadWithinMs,
  })
  const downloaded = download.status === 0 ? findBrowser() : null
  if (downloaded !== null) {
    say(`Browser: ${downloaded}`)
    return downloaded
  }
  const obstacle = cannotInstall()
  if (obstacle !== null) {
    say(`Browser: the download failed, and ${obstacle}. Install Chromium or Google Chrome, or name one with TIDEMARK_BROWSER.`)
    return null
  }
  say('Browser: the download failed; installing the chromium package of this system …')
  installSystemPackages('chromium', 'fonts-dejavu-core')
  const installed = findBrowser()
  say(installed === null ? 'Browser: it could not be installed.' : `Browser: ${installed}`)
  return installed
}
