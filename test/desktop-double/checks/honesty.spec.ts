/** What the stand-in must not make easier than Electron: run on both, where both are. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { desktopRuntime, environment } from '../runtime.ts'
import { expect, sampleFolder, startSample, test } from './sample-app.ts'

test.describe('the preload', () => {
  test('lives in a world of its own, sandboxed, and exposes copies', async ({ sample: { page } }) => {
    await expect(page.getByRole('heading', { name: 'Sample' })).toBeVisible()
    const found = await page.evaluate(() => {
      const before = window.sample
      try {
        Object.assign(window, { sample: 1 })
      } catch {
        // Some engines throw, some pass it over; what counts is that it is the same.
      }
      const version = window.sample.version()
      return {
        same: window.sample === before,
        frozen: Object.isFrozen(window.sample),
        sandboxed: window.sample.sandboxed,
        number: version.number,
        method: typeof version.secret,
        plain: Object.getPrototypeOf(version) === Object.prototype,
        ofThePreload: 'ofThePreload' in globalThis,
        node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
        ipcRenderer: Object.keys(window.sample.raw),
      }
    })
    expect(found).toEqual({
      same: true,
      frozen: true,
      sandboxed: true,
      number: 7,
      method: 'undefined',
      plain: true,
      ofThePreload: false,
      node: [],
      ipcRenderer: [],
    })
  })

  test.describe('that asks for fs', () => {
    test.use({ preload: 'asks-for-fs.cjs' })
    test('is refused, says so, and exposes nothing', async ({ sample }) => {
      await expect(sample.page.getByRole('heading', { name: 'Sample' })).toBeVisible()
      await expect.poll(sample.seen).toContain('preload error asks-for-fs.cjs: module not found: node:fs')
      expect(await sample.page.evaluate(() => 'sample' in window)).toBe(false)
    })
  })
})

test.describe('messages', () => {
  test('are cloned, with the sender’s frame', async ({ sample: { page, seen } }) => {
    const answer = await page.evaluate(async () => {
      const sent: { map: Map<string, Date>; bytes: Uint8Array; big: bigint; nothing: undefined; zero: number } = {
        map: new Map([['then', new Date(1000)]]),
        bytes: new Uint8Array([1, 2, 3]),
        big: 2n ** 70n,
        nothing: undefined,
        zero: -0,
      }
      const { kind, value } = (await window.sample.invoke('clone', sent)) as { kind: string; value: typeof sent }
      const then = value.map.get('then')
      return {
        kind,
        time: then instanceof Date && then.getTime(),
        bytes: value.bytes instanceof Uint8Array && [...value.bytes],
        big: String(value.big),
        hasNothing: 'nothing' in value,
        zero: Object.is(value.zero, -0),
        another: value !== sent,
      }
    })
    expect(answer).toEqual({
      kind: '[object Map]',
      time: 1000,
      bytes: [1, 2, 3],
      big: String(2n ** 70n),
      hasNothing: true,
      zero: true,
      another: true,
    })
    expect(await seen()).toContain('sender sample://own/ true true')
  })

  test('that cannot be cloned are refused, both ways', async ({ sample: { page } }) => {
    const refused = (work: string) => page.evaluate(`(async () => { try { await ${work}; return 'passed' } catch (error) { return error.message } })()`)
    expect(await refused(`window.sample.invoke('clone', { map: Symbol('x') })`)).toContain('could not be cloned')
    expect(await refused(`window.sample.invoke('function')`)).toBe("Error invoking remote method 'function': Error: An object could not be cloned.")
    expect(await refused(`window.sample.invoke('nobody')`)).toBe("Error invoking remote method 'nobody': Error: No handler registered for 'nobody'")
  })

  test('of errors keep only what they say', async ({ sample: { page } }) => {
    const error = await page.evaluate(async () => {
      try {
        await window.sample.invoke('fail', 'why')
        return null
      } catch (thrown) {
        const { name, message } = thrown as Error
        return { name, message, keys: Object.keys(thrown as object), range: thrown instanceof RangeError }
      }
    })
    expect(error).toEqual({ name: 'Error', message: "Error invoking remote method 'fail': RangeError: why", keys: [], range: false })
    const thrown = await page.evaluate(() => {
      try {
        window.sample.boom()
        return null
      } catch (boom) {
        return { message: (boom as Error).message, type: boom instanceof TypeError, keys: Object.keys(boom as object) }
      }
    })
    expect(thrown).toEqual({ message: 'boom', type: false, keys: [] })
  })

  test('of the main process arrive in order until nobody listens', async ({ sample: { app, page } }) => {
    await page.evaluate(() => {
      const heard: number[] = []
      const off = window.sample.onTick((number) => {
        heard.push(number)
        if (number === 3) off()
      })
      Object.assign(window, { heard })
    })
    await app.evaluate(() => {
      for (const number of [1, 2, 3, 4]) globalThis.say(number)
    })
    await page.evaluate(() => window.sample.invoke('clone', { map: null }))
    expect(await page.evaluate(() => Reflect.get(window, 'heard'))).toEqual([1, 2, 3])
  })
})

test.describe('the scheme of the application', () => {
  test('answers with the application’s own headers, and Chromium enforces the policy in them', async ({ sample: { page } }) => {
    const found = await page.evaluate(async () => {
      const stopped: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => stopped.push(event.effectiveDirective))
      const script = document.createElement('script')
      script.textContent = 'window.late = 1'
      document.body.append(script)
      await fetch('https://away.example/').catch(() => {})
      const own = await fetch('/page.js')
      const missing = await fetch('/../../package.json')
      return {
        inline: ['inline', 'late'].filter((name) => name in window),
        fromFile: Reflect.get(window, 'fromFile'),
        stopped,
        header: own.headers.get('x-sample'),
        missing: missing.status,
        secure: window.isSecureContext,
      }
    })
    expect(found).toEqual({ inline: [], fromFile: 1, stopped: ['script-src-elem', 'connect-src'], header: 'own header', missing: 404, secure: true })
  })

  test('is seen by the application as its own address, before and after a link was followed', async ({ sample: { app, page, seen } }) => {
    const url = () => app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getURL())
    expect(await url()).toBe('sample://own/')
    await page.click('#second')
    await expect(page.getByRole('heading', { name: 'Second' })).toBeVisible()
    // The page may be drawn before the application has heard of it.
    await expect.poll(url).toBe('sample://own/second')
    expect(await seen()).toContain('navigation sample://own/second')
    expect(await page.evaluate(() => typeof window.sample.invoke)).toBe('function')
  })
})

test.describe('the application decides', () => {
  test('about navigation and new windows', async ({ sample: { app, page, seen } }) => {
    await page.click('#away')
    await expect.poll(seen).toContain('navigation https://away.example/')
    // In Electron's order: begun, then asked about; what is refused never arrives.
    expect((await seen()).filter((line) => line.includes('navigat'))).toEqual([
      'did-start-navigation sample://own/',
      'did-navigate sample://own/',
      'did-start-navigation https://away.example/',
      'navigation https://away.example/',
    ])
    expect(await page.evaluate(() => window.open('https://opened.example/'))).toBeNull()
    await page.click('#blank')
    await expect.poll(seen).toEqual(expect.arrayContaining(['open https://opened.example/', 'open https://blank.example/']))
    await expect(page.getByRole('heading', { name: 'Sample' })).toBeVisible()
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })

  test('about permissions, asked for and looked up', async ({ sample: { page, seen } }) => {
    const outcomes = await page.evaluate(async () => ({
      notifications: await Notification.requestPermission(),
      media: await navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'granted',
        (error: Error) => error.name,
      ),
      geolocation: await new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          ({ code }) => resolve(code),
        )
      }),
      lookedUp: (await navigator.permissions.query({ name: 'geolocation' })).state,
      alsoLookedUp: (await navigator.permissions.query({ name: 'notifications' })).state,
    }))
    expect(outcomes).toEqual({ notifications: 'granted', media: 'NotAllowedError', geolocation: 1, lookedUp: 'denied', alsoLookedUp: 'granted' })
    expect((await seen()).filter((line) => line.startsWith('permission'))).toEqual([
      'permission notifications sample://own/',
      'permission media sample://own/',
      'permission geolocation sample://own/',
    ])
  })
})

test('the application is asked about what a page saves', async ({ sample: { page, seen } }) => {
  const save = (make: string, name: string) => page.evaluate(`Object.assign(document.createElement('a'), { href: ${make}, download: '${name}' }).click()`)
  const own = page.waitForEvent('download')
  await save(`URL.createObjectURL(new Blob(['own']))`, 'own.txt')
  expect(await (await own).failure()).toBeNull()
  await save(`'data:text/plain,foreign'`, 'foreign.txt')
  const asked = async () => (await seen()).filter((line) => line.startsWith('download'))
  await expect.poll(asked).toEqual(['download blob:sample://own own.txt', expect.stringMatching(/^download data:text\/plain,foreign foreign/)])
})

test('secrets come back, and are not stored as they are', async ({ sample: { page } }) => {
  const { sealed, opened } = (await page.evaluate(() => window.sample.invoke('seal', 'hunter2'))) as { sealed: string; opened: string }
  expect(opened).toBe('hunter2')
  expect(sealed).not.toContain('hunter2')
})

test('the page sees the theme that the application chose', async ({ sample: { app, page } }) => {
  const dark = () => page.evaluate(() => window.matchMedia('(prefers-color-scheme: dark)').matches)
  await app.evaluate(() => {
    globalThis.theme.themeSource = 'dark'
  })
  await expect.poll(dark).toBe(true)
  await app.evaluate(() => {
    globalThis.theme.themeSource = 'light'
  })
  await expect.poll(dark).toBe(false)
})

test('a page that dies is reported', async ({ sample: { app, seen } }) => {
  await app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.forcefullyCrashRenderer())
  await expect.poll(seen).toEqual(expect.arrayContaining([expect.stringMatching(/^gone (crashed|killed)$/)]))
})

test('a second start hands its command line to the first, and ends', async ({ sample: { app, userData, seen } }) => {
  const executable = app.process().spawnfile
  const second = spawn(executable, ['.', `--user-data-dir=${userData}`, '--no-sandbox', 'hello.txt'], {
    cwd: sampleFolder,
    env: environment({}),
    stdio: 'ignore',
  })
  expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(3)
  await expect.poll(seen).toEqual(expect.arrayContaining([expect.stringMatching(/^second instance .*hello\.txt .*"from":"sample"/)]))
  // Chromium adds switches of its own and puts all of them first (docs/api/app.md, "second-instance").
  const [, ...given] = await app.evaluate(() => Reflect.get(globalThis, 'secondArguments') as string[])
  expect(given.indexOf('.')).toBeGreaterThan(given.findLastIndex((argument) => argument.startsWith('--')))
  expect(given.length).toBeGreaterThan(4)
})

test('what a page stored is there after a restart', async ({ sample: { app, page, userData } }) => {
  await page.evaluate(() => window.localStorage.setItem('kept', 'yes'))
  await app.close()
  const again = await startSample(userData)
  const window = await again.firstWindow()
  await expect(window.getByRole('heading', { name: 'Sample' })).toBeVisible()
  expect(await window.evaluate(() => window.localStorage.getItem('kept'))).toBe('yes')
  await again.close()
})

test('the life ends in order', async ({ sample: { app, page } }) => {
  const said: string[] = []
  app.process().stdout?.on('data', (chunk) => said.push(...(String(chunk).match(/life: (?!close).+/g) ?? [])))
  await page.close()
  await expect.poll(() => said).toEqual(['window-all-closed', 'before-quit', 'will-quit', 'quit'].map((name) => `life: ${name}`))
})

test.describe('the stand-in alone', () => {
  test.beforeEach(() => test.info().skip(desktopRuntime.kind === 'electron', 'real Electron has everything'))

  test('refuses by name what it does not have', async ({ sample: { app } }) => {
    const refusals = await app.evaluate(({ app: application, BrowserWindow, session, shell }) => {
      const attempts: [string, () => unknown][] = [
        ['Application.getGPUInfo', () => application.getGPUInfo('basic')],
        ['shell.trashItem', () => shell.trashItem('/')],
        ['session.fromPath', () => session.fromPath('/x')],
        ['BrowserWindow.setKiosk', () => BrowserWindow.getAllWindows()[0]?.setKiosk(true)],
        ['WebContents.savePage', () => BrowserWindow.getAllWindows()[0]?.webContents.savePage('/', 'MHTML')],
        ['webPreferences.nodeIntegration', () => new BrowserWindow({ webPreferences: { nodeIntegration: true } })],
        ['webPreferences.contextIsolation', () => new BrowserWindow({ webPreferences: { contextIsolation: false } })],
        ['webPreferences.sandbox', () => new BrowserWindow({ webPreferences: { sandbox: false } })],
        ['webPreferences.webSecurity', () => new BrowserWindow({ webPreferences: { webSecurity: false } })],
        ['webPreferences.enableBlinkFeatures', () => new BrowserWindow({ webPreferences: { enableBlinkFeatures: 'x' } })],
      ]
      return attempts.map(([name, attempt]) => {
        try {
          attempt()
          return `${name} passed`
        } catch (error) {
          return error instanceof Error && error.message.startsWith(`electron double: ${name}`) ? name : `${name} said ${String(error)}`
        }
      })
    })
    expect(refusals.filter((refusal) => refusal.includes(' '))).toEqual([])
    expect(refusals).toHaveLength(10)
  })

  test('does not load an application that imports what it does not have', async () => {
    const executable = join(import.meta.dirname, '../bin/electron')
    const child = spawn(executable, [join(import.meta.dirname, 'imports-too-much.mjs')], { env: environment({}), stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += String(chunk)
    })
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1)
    expect(said).toContain('inAppPurchase')
  })

  test('never becomes ready for an application that awaits it at its top level, which Electron does not either', async () => {
    const executable = join(import.meta.dirname, '../bin/electron')
    const child = spawn(executable, [join(import.meta.dirname, 'awaits-ready.mjs')], { env: environment({}), stdio: ['ignore', 'pipe', 'ignore'] })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += String(chunk)
    })
    // Node ends a program whose top level waits for what can no longer come with this code.
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(13)
    expect(said).toBe('before\n')
  })
})
