/** Electron's security checklist ("Security" in its documentation), item by item: what is refused, tried from inside the window. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { desktopRuntime } from '../../../desktop-double/runtime.ts'
import { expect, notReal } from '../support/desktop-stage.ts'
import { type Siege, test } from '../support/siege.ts'

test('1: nothing from elsewhere is loaded', async ({ siege }) => {
  const stopped = await siege.violations(`
    for (const [tag, address] of [['script', '/x.js'], ['img', '/x.png'], ['link', '/x.css'], ['iframe', '/'], ['video', '/x.mp4']]) {
      const element = document.createElement(tag)
      if (tag === 'link') Object.assign(element, { rel: 'stylesheet', href: stranger + address })
      else element.src = stranger + address
      document.body.append(element)
    }
    fetch(stranger + '/data').catch(() => {})
    try { new WebSocket(stranger.replace('http', 'ws')) } catch {}
    navigator.sendBeacon(stranger + '/beacon', 'x')
  `)
  expect([...new Set(stopped)].sort()).toEqual(['connect-src', 'frame-src', 'img-src', 'media-src', 'script-src-elem', 'style-src-elem'])
})

test('2: the page has no Node', async ({ siege }) => {
  const found = await siege.computer.page.evaluate(() =>
    ['require', 'process', 'module', 'exports', 'Buffer', 'global', '__dirname'].filter((name) => name in globalThis),
  )
  expect(found).toEqual([])
  if (desktopRuntime.kind === 'double')
    expect(await siege.preferences()).toMatchObject({ nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false })
})

test('3: the preload lives in a world that the page cannot reach', async ({ siege }) => {
  const found = await siege.computer.page.evaluate(() => {
    const { call } = window.tidemark ?? {}
    const makeFunction = call?.constructor as FunctionConstructor | undefined
    return {
      ownFunction: makeFunction === Function,
      reachesNode: makeFunction?.('return typeof require + typeof process')(),
      ipcRenderer: 'ipcRenderer' in globalThis,
    }
  })
  expect(found).toEqual({ ownFunction: true, reachesNode: 'undefinedundefined', ipcRenderer: false })
  if (desktopRuntime.kind === 'double') expect(await siege.preferences()).toMatchObject({ contextIsolation: true })
})

test('4: the process of the page is sandboxed, and cannot be let out of it', async ({ siege }) => {
  // Electron: forced for every window, whatever it asks for. The stand-in has no process sandbox and knows only that it was asked for.
  if (desktopRuntime.kind === 'double') {
    expect(await siege.computer.app.evaluate(() => globalThis.electronDouble.sandboxEnabled)).toBe(true)
    expect(await siege.preferences()).toMatchObject({ sandbox: true })
  } else {
    const processes = await siege.computer.app.evaluate(({ app }) => app.getAppMetrics().filter(({ type }) => type === 'Tab'))
    expect(processes.length).toBeGreaterThan(0)
    for (const { sandboxed } of processes) expect(sandboxed).not.toBe(false)
  }
})

test('6, 8, 9, 10: what Chromium checks by itself is not switched off', async ({ siege }) => {
  test.info().skip(desktopRuntime.kind === 'electron', 'Electron does not tell the preferences of a window')
  expect(await siege.preferences()).toMatchObject({
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    navigateOnDragDrop: false,
  })
  expect(Object.keys(await siege.preferences())).not.toContain('enableBlinkFeatures')
})

test('7: the content policy stops inline scripts, eval, foreign styles, frames and forms', async ({ siege }) => {
  const stopped = await siege.violations(`
    const script = document.createElement('script')
    script.textContent = 'window.inline = 1'
    document.body.append(script)
    // Later: while it is evaluated from outside the page, Chromium lets eval pass.
    setTimeout(() => { try { eval('window.evaluated = 1') } catch {} })
    const style = document.createElement('style')
    style.textContent = 'body { display: none }'
    document.body.append(style)
    const base = document.createElement('base')
    base.href = stranger
    document.head.append(base)
    const button = document.createElement('button')
    button.setAttribute('onclick', 'window.clicked = 1')
    document.body.append(button)
    button.click()
    const form = document.createElement('form')
    Object.assign(form, { action: stranger + '/form', method: 'post' })
    document.body.append(form)
    form.submit()
  `)
  expect([...new Set(stopped)].sort()).toEqual(['base-uri', 'form-action', 'script-src', 'script-src-attr', 'script-src-elem', 'style-src-elem'])
  expect(await siege.computer.page.evaluate(() => ['inline', 'evaluated', 'clicked'].filter((name) => name in window))).toEqual([])

  const policies = [await policyOfPage(siege), await policyOfPage(siege)]
  for (const policy of policies) {
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("connect-src 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
  }
  // A nonce that can be guessed allows what it names.
  expect(policies[0]).not.toBe(policies[1])
})

test('7: the console itself breaks no rule of the content policy, on no page', async ({ siege }) => {
  const { page } = siege.computer
  await page.addInitScript(() => {
    const broken: string[] = []
    Object.assign(window, { broken })
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, sourceFile }) => void broken.push(`${effectiveDirective} in ${sourceFile}`))
  })
  await page.reload()
  const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link')
  await expect(links.first()).toBeVisible()
  for (const link of await links.all()) {
    await link.click()
    await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible()
    await siege.settled()
  }
  expect(await page.evaluate(() => Reflect.get(window, 'broken'))).toEqual([])
})

test('20: the page gets four functions, frozen, and nothing of Electron through them', async ({ siege }) => {
  const found = await siege.computer.page.evaluate(async () => {
    const bridge = window.tidemark
    if (bridge === undefined) return null
    const tried = [
      () => Object.assign(bridge, { call: () => 'mine' }),
      () => Object.defineProperty(window, 'tidemark', { value: {} }),
      () => Reflect.deleteProperty(window, 'tidemark'),
    ].map((attempt) => {
      try {
        attempt()
      } catch {
        return 'refused'
      }
      return window.tidemark === bridge && typeof bridge.call === 'function' && String(bridge.call).includes('mine') === false ? 'without effect' : 'changed'
    })
    const answers = await Promise.all(
      ['bridge:event', '__proto__', 'constructor', 'app.quit', ''].map(async (name) => {
        const answer = await bridge.call(name as never, {} as never)
        return answer.ok ? 'answered' : answer.error.code
      }),
    )
    return { members: Object.keys(bridge).sort(), frozen: Object.isFrozen(bridge), tried, answers }
  })
  expect(found?.members).toEqual(['call', 'host', 'openExternal', 'subscribe'])
  expect(found?.frozen).toBe(true)
  expect(found?.tried).not.toContain('changed')
  expect(new Set(found?.answers)).toEqual(new Set(['unknown_call']))

  // What a listener hears is the event of the console, without Electron's own, which would carry the sender.
  await siege.computer.page.evaluate(() => {
    const heard: unknown[][] = []
    const notHeard: unknown[][] = []
    Object.assign(window, { heard, notHeard })
    window.tidemark?.subscribe((...given: unknown[]) => void notHeard.push(given))()
    window.tidemark?.subscribe((...given: unknown[]) => void heard.push(given))
  })
  await siege.computer.call('workspaces.syncNow', { workspaceId: await siege.computer.workspaceId() })
  const heard = () => siege.computer.page.evaluate(() => (Reflect.get(window, 'heard') as object[][]).map((given) => given.map((one) => 'sender' in one)))
  await expect.poll(async () => (await heard()).length).toBeGreaterThan(0)
  for (const given of await heard()) expect(given).toEqual([false])
  // Who has unsubscribed hears nothing.
  expect(await siege.computer.page.evaluate(() => Reflect.get(window, 'notHeard'))).toEqual([])
})

test('secrets lie on the disk only as the keychain sealed them', ({ siege }) => {
  const file = readFileSync(join(siege.computer.dataDir, 'secrets.keychain.json'), 'utf8')
  const sealed = Object.values((JSON.parse(file) as { entries: Record<string, string> }).entries)
  expect(sealed.length).toBeGreaterThan(0)
  const clear = [siege.platform.token, Buffer.from(siege.platform.token).toString('base64').replace(/=+$/, '')]
  for (const one of sealed) for (const secret of clear) expect(one).not.toContain(secret)
  for (const one of sealed) expect(Buffer.from(one, 'base64').toString('latin1')).not.toContain(siege.platform.token)
  if (process.platform === 'win32') return
  for (const name of ['secrets.keychain.json', 'secrets.keychain.second.json']) expect(statSync(join(siege.computer.dataDir, name)).mode & 0o077).toBe(0)
})

test('on real Electron: the page’s process runs in the sandbox of the system', async ({ siege }) => {
  test.info().skip(notReal !== '', notReal)
  const versions = await siege.computer.app.evaluate(() => process.versions.electron)
  expect(versions).toBeTruthy()
  const escaped = await siege.computer.app.evaluate(async ({ BrowserWindow }) => {
    // `app.enableSandbox()` overrules what a window asks for.
    const window = new BrowserWindow({ show: false, webPreferences: { sandbox: false } })
    await window.loadURL('app://console/')
    const { app } = process.getBuiltinModule('module').createRequire('/')('electron') as typeof Electron
    const metrics = app.getAppMetrics().filter(({ pid }) => pid === window.webContents.getOSProcessId())
    window.destroy()
    return metrics.map(({ sandboxed }) => sandboxed)
  })
  expect(escaped).not.toContain(false)
})

async function policyOfPage({ computer }: Siege): Promise<string> {
  const response = await computer.page.reload()
  await expect(computer.page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  return response?.headers()['content-security-policy'] ?? ''
}
