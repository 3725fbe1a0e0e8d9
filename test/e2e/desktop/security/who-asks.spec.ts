/** Electron's security checklist ("Security" in its documentation), item by item: what is refused, tried from inside the window. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '../support/desktop-stage.ts'
import { test } from '../support/siege.ts'

test('16: Electron is named by its exact version', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/)
  expect(Number(devDependencies.electron?.split('.')[0])).toBeGreaterThanOrEqual(45)
})

test('17: a call of another window is refused, and so is ours when it shows another page', async ({ siege }) => {
  const preload = join(import.meta.dirname, '../../../../out/preload/index.cjs')
  const call = `window.tidemark.call('workspaces.list', {}).then((answer) => answer.ok ? 'answered' : answer.error.code)`
  const open = `window.tidemark.openExternal('https://polar.sh/').then((answer) => answer.ok ? 'opened' : answer.error.code)`
  const foreign = await siege.computer.app.evaluate(
    async ({ BrowserWindow }, { path, questions }) => {
      const window = new BrowserWindow({ show: false, webPreferences: { preload: path } })
      await window.loadURL('app://console/')
      const answers = await Promise.all(questions.map((question) => window.webContents.executeJavaScript(question)))
      window.destroy()
      return answers
    },
    { path: preload, questions: [call, open] },
  )
  expect(foreign).toEqual(['foreign_sender', 'foreign_sender'])

  const elsewhere = await siege.computer.app.evaluate(
    async ({ BrowserWindow }, questions) => {
      const [window] = BrowserWindow.getAllWindows()
      await window?.loadURL('data:text/html,<title>elsewhere</title>')
      const answers = await Promise.all(questions.map((question) => window?.webContents.executeJavaScript(question)))
      await window?.loadURL('app://console/')
      return answers
    },
    [call, open],
  )
  expect(elsewhere).toEqual(['foreign_sender', 'foreign_sender'])
  expect(siege.computer.lines.filter((line) => line.includes('was refused to a foreign page')).length).toBeGreaterThanOrEqual(4)
})

test('17: a frame inside the page has no bridge', async ({ siege }) => {
  const found = await siege.computer.page.evaluate(async () => {
    const frame = document.createElement('iframe')
    frame.srcdoc = '<title>inside</title>'
    document.body.append(frame)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const bridge = frame.contentWindow !== null && 'tidemark' in frame.contentWindow
    frame.remove()
    return bridge
  })
  expect(found).toBe(false)
})

test('18: the page is not a file, and its scheme leads to no file but its own', async ({ siege }) => {
  const inPage = await siege.violations(`fetch('file:///etc/hosts').catch(() => {})`)
  expect(inPage).toEqual(['connect-src'])
  const paths = [
    '/../../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/..%5c..%5cpackage.json',
    '/assets/../../main/index.js',
    '/assets%2f..%2f..%2fmain%2findex.js',
    '//etc/passwd',
    '/index.html%00.js',
    '/.htaccess',
  ]
  const answers = await siege.computer.app.evaluate(
    async ({ BrowserWindow }, addresses) => {
      const window = new BrowserWindow({ show: false })
      const texts: string[] = []
      for (const address of addresses) {
        await window.loadURL(address).catch(() => {})
        texts.push(String(await window.webContents.executeJavaScript('document.body.innerText')))
      }
      window.destroy()
      return texts
    },
    [...paths.map((path) => `app://console${path}`), 'app://other/index.html', 'app://console.evil/index.html'],
  )
  expect(answers).toEqual([...paths.map(() => 'no such file'), 'no', 'no'])
})
