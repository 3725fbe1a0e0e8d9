/** `npm run icons`: draws the program's icons from `renderer/icon.svg`, for packaging needs them as pictures. Their files are kept, so that it needs no browser. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { findBrowser } from './find-browser.ts'
import { icnsOf, icoOf } from './icon-files.ts'
import { root } from './sources.ts'

const folder = join(root, 'build', 'icons')
const sizes = [16, 32, 48, 64, 128, 256, 512, 1024]

const svg = readFileSync(join(root, 'renderer', 'icon.svg'), 'utf8')
const browserPath = findBrowser()
if (browserPath === null) throw new Error('No browser is here to draw with; TIDEMARK_BROWSER names one.')
const browser = await chromium.launch({ executablePath: browserPath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
const drawn = new Map<number, Buffer>()
for (const size of sizes) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
  drawn.set(size, await page.screenshot({ omitBackground: true }))
  await page.close()
}
await browser.close()

mkdirSync(join(folder, 'linux'), { recursive: true })
for (const [size, png] of drawn) if (size <= 512) writeFileSync(join(folder, 'linux', `${size}x${size}.png`), png)
// The window's own, for desktops that do not take it from the entry in their menu.
const ofWindow = drawn.get(256)
if (ofWindow !== undefined) writeFileSync(join(root, 'renderer', 'public', 'icon.png'), ofWindow)
writeFileSync(join(folder, 'icon.ico'), icoOf(drawn))
writeFileSync(join(folder, 'icon.icns'), icnsOf(drawn))
writeFileSync(join(folder, 'drawn-from'), `${createHash('sha256').update(svg).digest('hex')}\n`)
