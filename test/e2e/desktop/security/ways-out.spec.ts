/** Electron's security checklist ("Security" in its documentation), item by item: what is refused, tried from inside the window. */
import { desktopRuntime } from '../../../desktop-double/runtime.ts'
import { expect } from '../support/desktop-stage.ts'
import { test } from '../support/siege.ts'

test('5: no permission is given, no device is handed out', async ({ siege }) => {
  const outcomes = await siege.computer.page.evaluate(async () => {
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
    const devices = await siege.computer.app.evaluate(({ session }) => {
      // The stand-in's own questions, which Electron's type does not have.
      const asked = session.defaultSession as unknown as { decidesAboutDevices(): boolean; mayUseDevice(details: object): boolean }
      return [
        asked.decidesAboutDevices(),
        ...['hid', 'serial', 'usb'].map((deviceType) => asked.mayUseDevice({ deviceType, origin: 'app://console', device: {} })),
      ]
    })
    expect(devices).toEqual([true, false, false, false])
  }
})

test('5: only putting something on the clipboard is given, to the console’s own page', async ({ siege }) => {
  const outcome = await siege.computer.page.evaluate(async () => {
    await navigator.clipboard.writeText('to be taken along')
    return (await navigator.permissions.query({ name: 'clipboard-write' as PermissionName })).state
  })
  expect(outcome).toBe('granted')
})

test('11, 12: there is no webview, and one that came would be refused', async ({ siege }) => {
  const webview = await siege.computer.page.evaluate(() => {
    const element = document.createElement('webview')
    Object.assign(element, { src: 'https://example.com/' })
    document.body.append(element)
    return { knowsToLoad: 'loadURL' in element, isUnknown: element.constructor === HTMLElement || element instanceof HTMLUnknownElement }
  })
  expect(webview).toEqual({ knowsToLoad: false, isUnknown: true })
  const refused = await siege.computer.app.evaluate(({ webContents }) => {
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

test('13: the page cannot be led anywhere else, by any way', async ({ siege }) => {
  const addresses = [
    siege.strangerUrl,
    `${siege.strangerUrl}/leads-away`,
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
      await siege.computer.page.evaluate(`try { ${way} } catch {}`)
      await siege.settled()
      expect(await siege.ownAddress(), `${address} by ${way}`).toMatch(/^app:\/\/console\/(#|$)/)
    }
  }
})

test('13: nor can another window that comes to be', async ({ siege }) => {
  const outcome = await siege.computer.app.evaluate(async ({ BrowserWindow }, address) => {
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
  }, siege.strangerUrl)
  expect(outcome.url).toBe('app://console/')
  expect(outcome.redirected).toBe('refused')
  expect(siege.strangerWasAsked.splice(0)).toEqual(['/leads-away'])
})

test('14: no window opens, by script or by link', async ({ siege }) => {
  const opened = await siege.computer.page.evaluate((address) => {
    const link = Object.assign(document.createElement('a'), { href: address, target: '_blank', textContent: 'new window' })
    document.body.append(link)
    link.click()
    return [window.open(address), window.open('app://console/'), window.open('about:blank')]
  }, siege.strangerUrl)
  expect(opened).toEqual([null, null, null])
  await siege.settled()
})

test('15: only payment pages and the platform’s own are opened outside', async ({ siege }) => {
  const { origin, port } = new URL(siege.platform.url)
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
    siege.strangerUrl,
    '',
    ' ',
    'not an address',
  ]
  const codes = await siege.computer.page.evaluate(async (addresses) => {
    const answers = await Promise.all(addresses.map((address) => window.tidemark?.openExternal(address)))
    const odd = await Promise.all([null, 7, ['https://polar.sh/'], {}].map((address) => window.tidemark?.openExternal(address as never)))
    return [...answers, ...odd].map((answer) => (answer?.ok === false ? answer.error.code : 'opened'))
  }, refused)
  expect([...new Set(codes)]).toEqual(['address_refused'])
  expect(codes).toHaveLength(refused.length + 4)
  expect(await siege.computer.openedExternally()).toEqual([])

  const allowed = ['https://polar.sh/x', 'https://sandbox.polar.sh/checkout', `${origin}/checkout/1`]
  expect(await siege.computer.page.evaluate((all) => Promise.all(all.map((one) => window.tidemark?.openExternal(one))), allowed)).toEqual(
    allowed.map(() => ({ ok: true, value: {} })),
  )
  const opened = await siege.computer.app.evaluate(() => globalThis.openedExternally.splice(0))
  expect(opened).toEqual(allowed)
})

test('nothing from elsewhere is saved; what the page made itself is', async ({ siege }) => {
  const refused = await siege.computer.app.evaluate(({ session }) =>
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
