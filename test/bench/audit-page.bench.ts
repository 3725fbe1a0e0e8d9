/** The console's audit page on a million entries, offline: how soon a typed letter shows its rows, and how the list scrolls. */
import { join } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import BetterSqlite3 from 'better-sqlite3'
import { findBrowser } from '../../build/find-browser.ts'
import { AuditEntries } from '../../main/engine/billing/audit-log/entries.ts'
import { type AuditBook, entryDocument, type NewEntry, nextRow } from '../../main/sandbox/audit/book.ts'
import { AUDIT_GENESIS_HASH } from '../../shared/billing/audit-chain.ts'
import { TestComputer } from '../e2e/support/test-computer.ts'
import { startTestPlatform } from '../e2e/support/test-platform.ts'
import { auditEntries, searchWords } from './audit-entries.ts'
import { compare, report, reportValue, roundsOr, temporaryFolder } from './measure.ts'

const ENTRIES = 1_000_000
const SLICE = 2_000
const ROUNDS = roundsOr(5)
/** Slower than most type: what is measured is each letter, not what is queued behind the one before. */
const KEY_EVERY_MS = 350
const SCROLLED_FRAMES = 240
const PIXELS_A_FRAME = 400

const folder = temporaryFolder()
const browser = await chromium.launch({ executablePath: findBrowser() ?? '', args: ['--no-sandbox'] })
const platform = await startTestPlatform(join(folder.path, 'platform'))
const computer = new TestComputer(join(folder.path, 'computer'), platform.url, { TIDEMARK_TOKEN: platform.token })
await computer.start()
const workspaceId = await computer.workspaceId()
await computer.stop()
await platform.stop()
const filledMs = fill(join(computer.dataDir, 'cache.db'))
reportValue(`taking ${ENTRIES.toLocaleString('en')} entries into the cache, each`, (filledMs * 1000) / ENTRIES, 'µs', null)

await computer.start()
const verifiedMs = await untilVerified()
reportValue(`following the chain through all of them, beside everything else`, verifiedMs / 1000, 's', null)
const page = await open(browser)
await typing(page)
await scrolling(page)
await browser.close()
await computer.stop()
folder.remove()
process.exit()

/** As the feed brings them, a page a transaction. */
function fill(path: string): number {
  const database = new BetterSqlite3(path)
  const entries = new AuditEntries(database)
  const [table] = entries.topicTables()
  const started = performance.now()
  let book: AuditBook = {
    workspace_id: workspaceId,
    number: 1,
    last_sequence: 0,
    last_hash: AUDIT_GENESIS_HASH,
    last_at: 0,
    checkpoint_sequence: 0,
    checkpoint_hash: AUDIT_GENESIS_HASH,
    awaits_past: 0,
  }
  // What the demo's own start wrote makes room.
  database.exec('DELETE FROM audit_entries; DELETE FROM audit_search; DELETE FROM audit_counts; DELETE FROM audit_books')
  const untilMs = Date.now()
  const take = database.transaction((slice: Iterable<NewEntry>) => {
    for (const entry of slice) {
      const row = nextRow(book, entry)
      book = { ...book, last_sequence: book.last_sequence + 1, last_hash: row.hash, last_at: row.created_at }
      table.upsert(workspaceId, String(book.last_sequence), 1, entryDocument(row), 1)
    }
  })
  for (let taken = 0; taken < ENTRIES; taken += SLICE) take(auditEntries({ from: taken, to: taken + SLICE, of: ENTRIES }, untilMs))
  database.close()
  return performance.now() - started
}

async function untilVerified(): Promise<number> {
  const started = performance.now()
  for (;;) {
    const { chain } = await computer.call('audit.overview', { workspaceId })
    if (chain.state === 'broken') throw new Error(`the chain is broken at ${chain.broken?.sequence}`)
    if (chain.state === 'verified') return performance.now() - started
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function open(chrome: Browser): Promise<Page> {
  const tab = await chrome.newPage({ viewport: { width: 1360, height: 860 } })
  await tab.addInitScript(() => {
    globalThis.WebSocket = class extends WebSocket {
      constructor(url: string | URL) {
        super(url)
        this.addEventListener('message', ({ data }) => {
          if (String(data).startsWith('{"type":"answer"') && String(data).includes('"rows":[')) document.dispatchEvent(new Event('rows-answered'))
        })
      }
    }
  })
  await tab.goto(await computer.launchLink())
  await tab.getByRole('navigation', { name: 'Main' }).waitFor()
  await tab.evaluate(() => {
    window.location.hash = '#/audit'
  })
  await tab.getByText(`${ENTRIES.toLocaleString('en')} entries`, { exact: true }).waitFor()
  return tab
}

/**
 * From the key to the frame after the last change of the list that followed it; where the letter found the same rows as the one before, to the frame
 * after the engine's answer. A letter whose rows were asked for before is not counted when it changes nothing.
 */
async function typing(tab: Page): Promise<void> {
  await tab.evaluate(() => {
    const seen = { keyAt: 0, shownAt: 0, all: [] as number[] }
    new MutationObserver((changes) => {
      if (
        !changes.some(({ target, addedNodes }) =>
          [target, ...addedNodes].some((node) => {
            // Words that change in a row that is there already are text, and text has no `closest`.
            const element = node instanceof Element ? node : node.parentElement
            return element !== null && (element.closest('[role=grid]') ?? element.querySelector('[role=grid]')) !== null
          }),
        )
      )
        return
      requestAnimationFrame(() => {
        seen.shownAt = performance.now()
      })
    }).observe(document.body, { childList: true, subtree: true, characterData: true })
    document.addEventListener('rows-answered', () =>
      requestAnimationFrame(() => {
        seen.shownAt = performance.now()
      }),
    )
    document.addEventListener(
      'keydown',
      () => {
        if (seen.keyAt > 0 && seen.shownAt > seen.keyAt) seen.all.push(seen.shownAt - seen.keyAt)
        seen.keyAt = performance.now()
        document.documentElement.dataset.keyTimes = seen.all.join(' ')
      },
      { capture: true },
    )
  })
  const field = tab.getByRole('searchbox', { name: 'Search' })
  let keys = 0
  for (const words of searchWords) {
    await field.fill('')
    await tab.waitForTimeout(KEY_EVERY_MS)
    for (const key of words) {
      await field.press(key === ' ' ? 'Space' : key)
      keys += 1
      await tab.waitForTimeout(KEY_EVERY_MS)
    }
    // A last key, so that the time of the one before is taken down.
    await field.press('Shift')
  }
  await field.fill('')
  const times = await tab.evaluate(() => (document.documentElement.dataset.keyTimes ?? '').split(' ').map(Number))
  const sorted = times.toSorted((left, right) => left - right)
  reportValue(
    `typing in the search, ${times.length} of ${keys} keys that were answered or changed the list: median from key to rows`,
    sorted[Math.floor(sorted.length / 2)] ?? 0,
    'ms',
    null,
  )
  reportValue('typing in the search: p95 from key to rows', sorted[Math.floor(sorted.length * 0.95)] ?? 0, 'ms', 100)
}

async function scrolling(tab: Page): Promise<void> {
  await tab.getByText(`${ENTRIES.toLocaleString('en')} entries`, { exact: true }).waitFor()
  await tab.evaluate(() => {
    const empty = document.createElement('div')
    empty.id = 'empty-scroller'
    Object.assign(empty.style, { position: 'fixed', left: '0', top: '0', width: '200px', height: '600px', overflowY: 'scroll', zIndex: '-1' })
    const inside = document.createElement('div')
    inside.style.height = '33000000px'
    empty.append(inside)
    document.body.append(empty)
  })
  const result = await compare(
    ROUNDS,
    () => frames(tab, '#empty-scroller'),
    () => frames(tab, '[role=grid]'),
  )
  report(
    `p95 of a frame while ${ENTRIES.toLocaleString('en')} audit entries are scrolled, against an empty scroller`,
    result.subject,
    result.baseline,
    'ms',
    null,
  )
  reportValue('p95 of a frame', result.subject, 'ms', 20)
}

/** Scrolls on from where the last round ended; milliseconds of the 95th of 100 frames. */
async function frames(tab: Page, selector: string): Promise<number> {
  return await tab.evaluate(
    async ({ selector, count, pixels }) => {
      const found = document.querySelector(selector)
      const scroller = found?.id === 'empty-scroller' ? found : found?.parentElement
      if (!scroller) throw new Error('there is nothing to scroll')
      const times: number[] = []
      let before = await new Promise<number>(requestAnimationFrame)
      for (let frame = 0; frame < count; frame += 1) {
        scroller.scrollTop += pixels
        const now = await new Promise<number>(requestAnimationFrame)
        times.push(now - before)
        before = now
      }
      return times.toSorted((left, right) => left - right)[Math.floor(count * 0.95)] ?? 0
    },
    { selector, count: SCROLLED_FRAMES, pixels: PIXELS_A_FRAME },
  )
}
