/** Electron's security checklist ("Security" in its documentation), item by item: what is refused, tried from inside the window. */
import { readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { cannotLaunch, desktopRuntime } from '../../desktop-double/runtime.ts'
import type { TestPlatform } from '../support/test-platform.ts'
import type { DesktopComputer } from './support/desktop-computer.ts'
import { DesktopStage, expect, notReal, test } from './support/desktop-stage.ts'

let stage: DesktopStage
let platform: TestPlatform
let computer: DesktopComputer
/** Somebody else's server on this computer, which nothing of the console may reach. */
let stranger: Server
let strangerUrl = ''
const strangerWasAsked: string[] = []

test.beforeAll(async () => {
  const reason = cannotLaunch()
  test.info().skip(reason !== null, reason ?? '')
  stage = new DesktopStage()
  platform = await stage.platform()
  computer = await stage.computer(platform)
  stranger = createServer((request, response) => {
    strangerWasAsked.push(request.url ?? '')
    if (request.url === '/leads-away') response.writeHead(302, { location: '/where-it-leads' })
    response.end('<title>stranger</title>')
  })
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  strangerUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
})
test.afterAll(async () => {
  stranger?.close()
  await stage?.close()
})
test.afterEach(async () => {
  // Whatever was tried: the window is where it was, alone, and nobody was asked.
  expect(await ownAddress()).toMatch(/^app:\/\/console\//)
  await expect(computer.page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  expect(await computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  expect(await computer.openedExternally()).toEqual([])
  expect(strangerWasAsked).toEqual([])
})

test('1: nothing from elsewhere is loaded', async () => {
  const stopped = await violations(`
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

test('2: the page has no Node', async () => {
  const found = await computer.page.evaluate(() =>
    ['require', 'process', 'module', 'exports', 'Buffer', 'global', '__dirname'].filter((name) => name in globalThis),
  )
  expect(found).toEqual([])
  if (desktopRuntime.kind === 'double')
    expect(await preferences()).toMatchObject({ nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false })
})

test('3: the preload lives in a world that the page cannot reach', async () => {
  const found = await computer.page.evaluate(() => {
    const { call } = window.tidemark ?? {}
    const makeFunction = call?.constructor as FunctionConstructor | undefined
    return {
      ownFunction: makeFunction === Function,
      reachesNode: makeFunction?.('return typeof require + typeof process')(),
      ipcRenderer: 'ipcRenderer' in globalThis,
    }
  })
  expect(found).toEqual({ ownFunction: true, reachesNode: 'undefinedundefined', ipcRenderer: false })
  if (desktopRuntime.kind === 'double') expect(await preferences()).toMatchObject({ contextIsolation: true })
})

test('4: the process of the page is sandboxed, and cannot be let out of it', async () => {
  // Electron: forced for every window, whatever it asks for. The stand-in has no process sandbox and knows only that it was asked for.
  if (desktopRuntime.kind === 'double') {
    expect(await computer.app.evaluate(() => globalThis.electronDouble.sandboxEnabled)).toBe(true)
    expect(await preferences()).toMatchObject({ sandbox: true })
  } else {
    const processes = await computer.app.evaluate(({ app }) => app.getAppMetrics().filter(({ type }) => type === 'Tab'))
    expect(processes.length).toBeGreaterThan(0)
    for (const { sandboxed } of processes) expect(sandboxed).not.toBe(false)
  }
})

test('5: no permission is given, no device is handed out', async () => {
  const outcomes = await computer.page.evaluate(async () => {
    const state = async (name: string) => (await navigator.permissions.query({ name: name as PermissionName })).state
    const outcome = (asking: Promise<unknown>) =>
      asking.then(
        () => 'granted',
        (error: Error) => error.name,
      )
    return {
      notifications: await Notification.requestPermission(),
      camera: await outcome(navigator.mediaDevices.getUserMedia({ video: true })),
      microphone: await outcome(navigator.mediaDevices.getUserMedia({ audio: true })),
      clipboard: await outcome(navigator.clipboard.readText()),
      place: await outcome(new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, ({ code }) => reject({ name: `code ${code}` })))),
      checked: [await state('notifications'), await state('geolocation'), await state('camera'), await state('clipboard-read')],
    }
  })
  expect(outcomes).toEqual({
    notifications: 'denied',
    camera: 'NotAllowedError',
    microphone: 'NotAllowedError',
    clipboard: 'NotAllowedError',
    place: 'code 1',
    checked: ['denied', 'denied', 'denied', 'denied'],
  })
  // No computer of ours has such a device, so the handler is asked in its place.
  if (desktopRuntime.kind === 'double') {
    const devices = await computer.app.evaluate(({ session }) => {
      const asked = session.defaultSession as unknown as { decidesAboutDevices(): boolean; mayUseDevice(details: object): boolean }
      return [
        asked.decidesAboutDevices(),
        ...['hid', 'serial', 'usb'].map((deviceType) => asked.mayUseDevice({ deviceType, origin: 'app://console', device: {} })),
      ]
    })
    expect(devices).toEqual([true, false, false, false])
  }
})

test('6, 8, 9, 10: what Chromium checks by itself is not switched off', async () => {
  test.info().skip(desktopRuntime.kind === 'electron', 'Electron does not tell the preferences of a window')
  expect(await preferences()).toMatchObject({ webSecurity: true, allowRunningInsecureContent: false, experimentalFeatures: false, navigateOnDragDrop: false })
  expect(Object.keys(await preferences())).not.toContain('enableBlinkFeatures')
})

test('7: the content policy stops inline scripts, eval, foreign styles, frames and forms', async () => {
  const stopped = await violations(`
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
  expect(await computer.page.evaluate(() => ['inline', 'evaluated', 'clicked'].filter((name) => name in window))).toEqual([])

  const policies = [await policyOfPage(), await policyOfPage()]
  for (const policy of policies) {
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("connect-src 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
  }
  // A nonce that can be guessed allows what it names.
  expect(policies[0]).not.toBe(policies[1])
})

test('11, 12: there is no webview, and one that came would be refused', async () => {
  const webview = await computer.page.evaluate(() => {
    const element = document.createElement('webview')
    Object.assign(element, { src: 'https://example.com/' })
    document.body.append(element)
    return { knowsToLoad: 'loadURL' in element, isUnknown: element.constructor === HTMLElement || element instanceof HTMLUnknownElement }
  })
  expect(webview).toEqual({ knowsToLoad: false, isUnknown: true })
  const refused = await computer.app.evaluate(({ webContents }) => {
    let prevented = false
    const event = {
      preventDefault() {
        prevented = true
      },
    }
    webContents.getAllWebContents()[0]?.emit('will-attach-webview', event, {}, {})
    return prevented
  })
  expect(refused).toBe(true)
})

test('13: the page cannot be led anywhere else, by any way', async () => {
  const addresses = [
    strangerUrl,
    `${strangerUrl}/leads-away`,
    'https://example.com/',
    'app://console.evil/',
    'app://other/',
    'data:text/html,x',
    'file:///etc/hosts',
  ]
  for (const address of addresses) {
    const ways = [
      `window.location.href = ${JSON.stringify(address)}`,
      `Object.assign(document.body.appendChild(document.createElement('a')), { href: ${JSON.stringify(address)} }).click()`,
      `document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: '0;url=' + ${JSON.stringify(address)} }))`,
    ]
    for (const way of ways) {
      // What a browser itself forbids (a page may not open a file) throws; what the application forbids goes nowhere.
      await computer.page.evaluate(`try { ${way} } catch {}`)
      await settled()
      expect(await ownAddress(), `${address} by ${way}`).toMatch(/^app:\/\/console\/(#|$)/)
    }
  }
})

test('13: nor can another window that comes to be', async () => {
  const outcome = await computer.app.evaluate(async ({ BrowserWindow }, address) => {
    const window = new BrowserWindow({ show: false })
    await window.loadURL('app://console/')
    await window.webContents.executeJavaScript(`window.location.href = ${JSON.stringify(address)}`)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const url = window.webContents.getURL()
    // A redirect is refused even where the application itself asked for the first address.
    const redirected = await window.loadURL(`${address}/leads-away`).then(
      () => 'loaded',
      () => 'refused',
    )
    window.destroy()
    return { url, redirected }
  }, strangerUrl)
  expect(outcome.url).toBe('app://console/')
  expect(outcome.redirected).toBe('refused')
  expect(strangerWasAsked.splice(0)).toEqual(['/leads-away'])
})

test('14: no window opens, by script or by link', async () => {
  const opened = await computer.page.evaluate((address) => {
    const link = Object.assign(document.createElement('a'), { href: address, target: '_blank', textContent: 'new window' })
    document.body.append(link)
    link.click()
    return [window.open(address), window.open('app://console/'), window.open('about:blank')]
  }, strangerUrl)
  expect(opened).toEqual([null, null, null])
  await settled()
})

test('15: only payment pages and the platform’s own are opened outside', async () => {
  const { origin, port } = new URL(platform.url)
  const refused = [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://evil.example/share',
    'smb://polar.sh/share',
    'javascript://polar.sh/%0Aalert(1)',
    'ms-msdt:/id',
    'tidemark://checkout/x',
    'http://polar.sh/',
    'https://polar.sh.evil.example/',
    'https://evilpolar.sh/',
    'https://polar.sh@evil.example/',
    'https://user:secret@polar.sh/',
    'https://polar.sh:8443/',
    `http://localhost:${port}/`,
    `http://127.0.0.1:${port}@evil.example/`,
    strangerUrl,
    '',
    ' ',
    'not an address',
  ]
  const codes = await computer.page.evaluate(async (addresses) => {
    const answers = await Promise.all(addresses.map((address) => window.tidemark?.openExternal(address)))
    const odd = await Promise.all([null, 7, ['https://polar.sh/'], {}].map((address) => window.tidemark?.openExternal(address as never)))
    return [...answers, ...odd].map((answer) => (answer?.ok === false ? answer.error.code : 'opened'))
  }, refused)
  expect([...new Set(codes)]).toEqual(['address_refused'])
  expect(codes).toHaveLength(refused.length + 4)
  expect(await computer.openedExternally()).toEqual([])

  const allowed = ['https://polar.sh/x', 'https://sandbox.polar.sh/checkout', `${origin}/checkout/1`]
  expect(await computer.page.evaluate((all) => Promise.all(all.map((one) => window.tidemark?.openExternal(one))), allowed)).toEqual(
    allowed.map(() => ({ ok: true, value: {} })),
  )
  const opened = await computer.app.evaluate(() => globalThis.openedExternally.splice(0))
  expect(opened).toEqual(allowed)
})

test('16: Electron is named by its exact version', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/)
  expect(Number(devDependencies.electron?.split('.')[0])).toBeGreaterThanOrEqual(45)
})

test('17: a call of another window is refused, and so is ours when it shows another page', async () => {
  const preload = join(import.meta.dirname, '../../../out/preload/index.cjs')
  const call = `window.tidemark.call('workspaces.list', {}).then((answer) => answer.ok ? 'answered' : answer.error.code)`
  const open = `window.tidemark.openExternal('https://polar.sh/').then((answer) => answer.ok ? 'opened' : answer.error.code)`
  const foreign = await computer.app.evaluate(
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

  const elsewhere = await computer.app.evaluate(
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
  expect(computer.lines.filter((line) => line.includes('was refused to a foreign page')).length).toBeGreaterThanOrEqual(4)
})

test('17: a frame inside the page has no bridge', async () => {
  const found = await computer.page.evaluate(async () => {
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

test('18: the page is not a file, and its scheme leads to no file but its own', async () => {
  const inPage = await violations(`fetch('file:///etc/hosts').catch(() => {})`)
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
  const answers = await computer.app.evaluate(
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

test('20: the page gets four functions, frozen, and nothing of Electron through them', async () => {
  const found = await computer.page.evaluate(async () => {
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
  await computer.page.evaluate(() => {
    const heard: unknown[][] = []
    const notHeard: unknown[][] = []
    Object.assign(window, { heard, notHeard })
    window.tidemark?.subscribe((...given: unknown[]) => void notHeard.push(given))()
    window.tidemark?.subscribe((...given: unknown[]) => void heard.push(given))
  })
  await computer.call('workspaces.syncNow', { workspaceId: await computer.workspaceId() })
  const heard = () => computer.page.evaluate(() => (Reflect.get(window, 'heard') as object[][]).map((given) => given.map((one) => 'sender' in one)))
  await expect.poll(async () => (await heard()).length).toBeGreaterThan(0)
  for (const given of await heard()) expect(given).toEqual([false])
  // Who has unsubscribed hears nothing.
  expect(await computer.page.evaluate(() => Reflect.get(window, 'notHeard'))).toEqual([])
})

test('nothing from elsewhere is saved; what the page made itself is', async () => {
  const refused = await computer.app.evaluate(({ session }) =>
    ['https://evil.example/x.exe', 'data:text/html,x', 'blob:https://evil.example/1', 'app://console/index.html', 'blob:app://console/1'].map((url) => {
      let prevented = false
      const event = {
        preventDefault() {
          prevented = true
        },
      }
      session.defaultSession.emit('will-download', event, { getURL: () => url }, null, null)
      return prevented
    }),
  )
  expect(refused).toEqual([true, true, true, true, false])
})

test('secrets lie on the disk only as the keychain sealed them', () => {
  const file = readFileSync(join(computer.dataDir, 'secrets.keychain.json'), 'utf8')
  const sealed = Object.values(JSON.parse(file) as Record<string, string>)
  expect(sealed.length).toBeGreaterThan(0)
  const clear = [platform.token, Buffer.from(platform.token).toString('base64').replace(/=+$/, '')]
  for (const one of sealed) for (const secret of clear) expect(one).not.toContain(secret)
  for (const one of sealed) expect(Buffer.from(one, 'base64').toString('latin1')).not.toContain(platform.token)
  if (process.platform !== 'win32') expect(statSync(join(computer.dataDir, 'secrets.keychain.json')).mode & 0o077).toBe(0)
})

test('on real Electron: the page’s process runs in the sandbox of the system', async () => {
  test.info().skip(notReal !== '', notReal)
  const versions = await computer.app.evaluate(() => process.versions.electron)
  expect(versions).toBeTruthy()
  const escaped = await computer.app.evaluate(async ({ BrowserWindow }) => {
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

/** Runs it in the page, with the stranger's address as `stranger`, and answers which rules of the policy stopped something. */
async function violations(code: string): Promise<string[]> {
  await computer.page.evaluate(() => {
    const stopped: string[] = []
    Object.assign(window, { stopped })
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => void stopped.push(effectiveDirective))
  })
  await computer.page.evaluate(`{ const stranger = ${JSON.stringify(strangerUrl)}; ${code} }`)
  await computer.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)))
  return await computer.page.evaluate(() => Reflect.get(window, 'stopped') as string[])
}

function ownAddress(): Promise<string> {
  return computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL() ?? '')
}

async function policyOfPage(): Promise<string> {
  const response = await computer.page.reload()
  await expect(computer.page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  return response?.headers()['content-security-policy'] ?? ''
}

/** What the window of the product was made with, which only the stand-in tells. */
function preferences(): Promise<Record<string, unknown>> {
  return computer.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    return JSON.parse(JSON.stringify(Reflect.get(window ?? {}, 'preferences')))
  })
}

/** Long enough for a navigation to be asked about and refused. */
async function settled(): Promise<void> {
  await computer.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
}
