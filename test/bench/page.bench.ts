/** The window: how late the first page is painted, what it weighs, how a long list scrolls, and whether an hour of events leaves anything behind. */
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { type Browser, chromium, type Page } from '@playwright/test'
import mantine from 'postcss-preset-mantine'
import { build } from 'vite'
import { findBrowser } from '../../build/find-browser.ts'
import { openPageFiles } from '../../main/bridge/page-files.ts'
import { createRouter } from '../../main/bridge/router.ts'
import { startWebServer } from '../../main/web/server.ts'
import { TestComputer } from '../e2e/support/test-computer.ts'
import { startTestPlatform } from '../e2e/support/test-platform.ts'
import { compare, median, report, reportValue, roundsOr, temporaryFolder } from './measure.ts'

const ROUNDS = roundsOr(9)
const root = process.cwd()
const folder = temporaryFolder()
const browser = await chromium.launch({ executablePath: findBrowser() ?? '', args: ['--no-sandbox', '--enable-precise-memory-info'] })

await firstPaint(browser)
weight()
await buildFixture()
const fixture = await serve(join(root, '.cache/renderer-fixture'))
await scrolling(browser, fixture.url)
await anHour(browser, fixture.url, 'heap after 3,600 s of events, against after 60 s')
// The browser's own machine code for what runs often grows for an hour; without a compiler, what is left is what the page keeps.
const withoutCompiler = await chromium.launch({ executablePath: findBrowser() ?? '', args: ['--no-sandbox', '--js-flags=--jitless'] })
await anHour(withoutCompiler, fixture.url, 'the same in a browser that compiles nothing: what the page itself keeps')
await withoutCompiler.close()
fixture.close()
await browser.close()
folder.remove()
process.exit()

async function firstPaint(chrome: Browser): Promise<void> {
  console.log(
    'First contentful paint of Overview (the frame of the window, then the page with its figures), every time in a browser profile of its own; the platform is gone, the cache is warm.',
  )
  const bareFolder = join(folder.path, 'bare')
  await build({
    root: join(root, 'test/bench/bare-page'),
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    css: { postcss: { plugins: [mantine()] } },
    build: { outDir: bareFolder, emptyOutDir: true, minify: true, assetsInlineLimit: 0 },
  })
  const bare = await startWebServer({
    port: 0,
    files: openPageFiles(bareFolder),
    router: createRouter({ call: () => Promise.reject(new Error('the bare page asks nothing')), report: (line) => console.log(line) }),
    subscribe: () => () => undefined,
    trustedLoopbackOrigins: [],
    controlSecret: 'not-used-by-this-benchmark',
  })
  const platform = await startTestPlatform(join(folder.path, 'platform'))
  const computer = new TestComputer(join(folder.path, 'computer'), platform.url, { TIDEMARK_TOKEN: platform.token })
  await computer.start()
  await ready(chrome, await computer.launchLink())
  await platform.stop()
  let link = ''
  const paint = async (url: string): Promise<number> => {
    const context = await chrome.newContext()
    const page = await context.newPage()
    await page.goto(url, { waitUntil: 'load' })
    const ms = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => {
            const [entry] = list.getEntriesByName('first-contentful-paint')
            if (entry) resolve(entry.startTime)
          }).observe({ type: 'paint', buffered: true })
        }),
    )
    await context.close()
    return ms
  }
  const figures: number[] = []
  const result = await compare(
    ROUNDS,
    () => paint(`http://127.0.0.1:${bare.port}/`),
    async () => {
      link = await computer.launchLink()
      const ms = await paint(link)
      figures.push(await ready(chrome, await computer.launchLink()))
      return ms
    },
  )
  report('first contentful paint', result.subject, result.baseline, 'ms', { atMost: 1.5 })
  report('first meter with its figure on the screen, against the first paint of the bare page with its bars', median(figures), result.baseline, 'ms', null)
  await visits(chrome, await computer.launchLink())
  await computer.stop()
  await bare.close()
}

/** From the press on a page's link to its heading: the first time in a fresh profile, and a second time. A person takes a moment before the first press. */
async function visits(chrome: Browser, url: string): Promise<void> {
  const first: number[] = []
  const later: number[] = []
  const context = await chrome.newContext()
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('meter').first().waitFor()
  await page.waitForTimeout(1_000)
  const names = await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))
  for (const times of [first, later]) for (const href of names.slice(1)) times.push(await visit(page, href))
  await context.close()
  console.log(`first visit of ${first.length} pages: p95 ${percentile(first, 0.95).toFixed(0)} ms (goal ≤ 150 ms)`)
  report('first visit of a page, against a later visit and 70 ms', median(first), median(later) + 70, 'ms', { atMost: 1 })
}

/** Milliseconds until two frames after the page's heading is there. */
async function visit(page: Page, href: string): Promise<number> {
  return await page.evaluate(async (address) => {
    const link = document.querySelector<HTMLElement>(`nav a[href="${address}"]`)
    const before = document.querySelector('main h1')
    const startedAt = performance.now()
    link?.click()
    await new Promise<void>((resolve) => {
      const look = (): void => {
        const heading = document.querySelector('main h1')
        if (heading !== null && heading !== before) requestAnimationFrame(() => resolve())
        else requestAnimationFrame(look)
      }
      look()
    })
    return performance.now() - startedAt
  }, href)
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
}

/** Milliseconds from the navigation to the first meter. */
async function ready(chrome: Browser, url: string): Promise<number> {
  const context = await chrome.newContext()
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('meter').first().waitFor()
  const ms = await page.evaluate(() => performance.now())
  await context.close()
  return ms
}

function weight(): void {
  const html = readFileSync(join(root, 'out/renderer/index.html'), 'utf8')
  const bytes = [...html.matchAll(/(?:src|href)="\.?\/?([^"]+\.js)"/g)].reduce(
    (sum, [, name]) => sum + gzipSync(readFileSync(join(root, 'out/renderer', name ?? '')), { level: 9 }).length,
    0,
  )
  reportValue('JavaScript of the first page, gzipped', bytes / 1000, 'kB', 220)
}

async function buildFixture(): Promise<void> {
  await build({ configFile: join(root, 'test/renderer-fixture/vite.config.ts'), logLevel: 'error' })
}

async function serve(path: string): Promise<{ url: string; close: () => void }> {
  const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' }
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://x').pathname
    const file = name === '/' ? '/index.html' : name
    readFile(join(path, file)).then(
      (body) => response.writeHead(200, { 'content-type': types[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, close: () => server.close() }
}

async function scrolling(chrome: Browser, url: string): Promise<void> {
  console.log('Scrolling by 400 pixels a frame; the baseline is an empty scroller of the same height on the same machine.')
  const page = await chrome.newPage({ viewport: { width: 1360, height: 860 } })
  await page.goto(`${url}/?scenario=many#/outbox`)
  await page.getByRole('grid').getByRole('row').nth(5).waitFor()
  const list = async (): Promise<number> => await frames(page, '[role=grid]')
  await page.evaluate(() => {
    const empty = document.createElement('div')
    empty.id = 'empty-scroller'
    empty.style.cssText = 'position:fixed;left:0;top:0;width:200px;height:600px;overflow-y:scroll;z-index:-1'
    empty.innerHTML = '<div style="height:3300000px"></div>'
    document.body.append(empty)
  })
  const result = await compare(Math.min(ROUNDS, 5), () => frames(page, '#empty-scroller'), list)
  report('p95 of a frame while 100,000 outbox rows are scrolled', result.subject, result.baseline, 'ms', null)
  reportValue('p95 of a frame', result.subject, 'ms', 20)
  await page.close()
}

/** The 95th percentile of the time between frames while the nearest scroller of an element is scrolled for 300 frames. */
async function frames(page: Page, selector: string): Promise<number> {
  return await page.evaluate(async (chosen) => {
    let scroller = document.querySelector(chosen)
    while (scroller !== null && scroller.scrollHeight <= scroller.clientHeight + 10) scroller = scroller.parentElement
    if (scroller === null) throw new Error(`nothing scrolls around ${chosen}`)
    const times: number[] = []
    let last = 0
    await new Promise<void>((resolve) => {
      const step = (now: number): void => {
        if (last > 0) times.push(now - last)
        last = now
        scroller.scrollTop += 400
        if (times.length < 300) requestAnimationFrame(step)
        else resolve()
      }
      requestAnimationFrame(step)
    })
    scroller.scrollTop = 0
    times.sort((one, other) => one - other)
    return times[Math.floor(times.length * 0.95)] ?? 0
  }, selector)
}

async function anHour(chrome: Browser, url: string, what: string): Promise<void> {
  console.log('Heap of the page while a release reports its progress four times a second; the clock is stepped.')
  const page = await chrome.newPage()
  await page.clock.install()
  await page.goto(`${url}/?scenario=releasing#/`)
  await page.getByRole('meter').first().waitFor()
  const devtools = await page.context().newCDPSession(page)
  const heap = async (): Promise<number> => {
    await devtools.send('HeapProfiler.collectGarbage')
    return (await devtools.send('Runtime.getHeapUsage')).usedSize
  }
  await page.clock.runFor(60_000)
  const afterMinute = await heap()
  for (let step = 0; step < 59; step += 1) await page.clock.runFor(60_000)
  report(what, (await heap()) / 1e6, afterMinute / 1e6, 'MB', { atMost: 1.1 })
  await page.close()
}
