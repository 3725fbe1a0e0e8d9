import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { _electron, expect, test } from '@playwright/test'
import { findBrowser } from '../../../build/find-browser.ts'
import { root } from '../../../build/sources.ts'
import { environment } from '../../desktop-double/runtime.ts'

test.describe('what is loaded before the first page is drawn', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-modules-'))
  test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('is nothing of LanceDB, the updater or the sandbox', async () => {
    test.info().skip(process.env.DESKTOP_RUNTIME === 'electron', 'NODE_OPTIONS brings the recorder in; Electron does not read it before its own start')
    test.info().skip(findBrowser() === null, 'there is no Chromium for the stand-in')
    const loaded = join(folder, 'loaded')
    // Playwright takes NODE_OPTIONS out of what it starts; this puts it back.
    const starter = join(folder, 'electron')
    const recorder = pathToFileURL(join(root, 'test/e2e/desktop/record-modules.mjs')).href
    const runtime = join(root, 'test/desktop-double/bin/electron')
    writeFileSync(starter, `#!/bin/sh\nTIDEMARK_LOADED_MODULES='${loaded}' NODE_OPTIONS='--import=${recorder}' exec '${runtime}' "$@"\n`, { mode: 0o755 })
    const desktop = await _electron.launch({ executablePath: starter, args: [root, '--data', join(folder, 'data')], env: environment({}) })
    try {
      const page = await desktop.firstWindow()
      await expect(page.getByRole('meter').first()).toBeVisible()
      const ours = String(desktop.process().pid)
      const lines = readFileSync(loaded, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
      // The platform is a process of its own: what it loads is not in ours.
      const urls = lines.filter(([pid]) => pid === ours).map(([, thread, url]) => ({ thread, url: url ?? '' }))
      expect(urls.length).toBeGreaterThan(10)
      expect(urls.some(({ thread, url }) => thread === 'thread' && url.includes('/out/main/'))).toBe(true)
      expect(
        urls.filter(({ url }) => /lancedb|apache-arrow|electron-updater|builder-util-runtime|load-updater|signed-source|out\/main\/sandbox|pdfkit/i.test(url)),
      ).toEqual([])
      // What was bundled into a file of ours is told by the names that the bundler writes above each part.
      const bundles = urls.filter(({ url }) => url.includes('/out/main/')).map(({ url }) => readFileSync(fileURLToPath(url.replace(/\?.*$/, '')), 'utf8'))
      expect(bundles.some((text) => /^\/\/ main\/desktop\//m.test(text))).toBe(true)
      expect(
        bundles.flatMap((text) => text.match(/^\/\/ (main\/sandbox|node_modules\/(electron-updater|builder-util-runtime|@lancedb))\/.*$/gm) ?? []),
      ).toEqual([])
      // Native code as the system sees it, whatever brought it in.
      if (process.platform === 'linux') {
        const maps = readFileSync(`/proc/${ours}/maps`, 'utf8')
        expect(maps).toContain('better-sqlite3')
        expect(maps).not.toContain('lancedb')
      }
    } finally {
      await desktop.close()
    }
  })
})
