/**
 * What a real computer does and a friendly stand-in would leave out: run on both, where both are. Each names the source that it was read in. Those that
 * leave the application as it was share a start.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { desktopRuntime } from '../runtime.ts'
import { expect, sampleFolder, test } from './sample-app.ts'

const child = join(sampleFolder, 'child.mjs')

/** What the application says of its life from now on. */
function lifeOf(app: ElectronApplication): string[] {
  const said: string[] = []
  app.process().stdout?.on('data', (chunk) => said.push(...(String(chunk).match(/(?<=life: )\S+/g) ?? [])))
  return said
}

// shell/browser/electron_browser_main_parts_posix.cc, GracefulShutdownHandler
test.describe('signals', () => {
  test.use({ sampleArguments: ['--stays'] })
  test('the first one asks whether to quit, the second one of its kind kills', async ({ sample: { app } }) => {
    test.info().skip(process.platform === 'win32', 'Windows has no such signals')
    const said = lifeOf(app)
    const { pid = 0 } = app.process()
    const ended = once(app.process(), 'exit')
    process.kill(pid, 'SIGTERM')
    await expect.poll(() => said).toContain('before-quit')
    process.kill(pid, 'SIGHUP')
    await app.evaluate(() => 'it is still there')
    process.kill(pid, 'SIGTERM')
    expect((await ended)[1]).toBe('SIGTERM')
  })
})

// shell/browser/api/electron_api_auto_updater.cc:157-169
test('the system’s updater closes the windows before it asks whether to quit', async ({ sample: { app } }) => {
  const said = lifeOf(app)
  await app.evaluate(({ autoUpdater }) => autoUpdater.quitAndInstall()).catch(() => {})
  await expect.poll(() => said).toEqual(['before-quit-for-update', 'close', 'window-all-closed', 'before-quit', 'will-quit', 'quit'])
})

// docs/tutorial/security.md, 5
test.describe('an application that decides nothing', () => {
  test.use({ sampleArguments: ['--decides-nothing'] })
  test('grants what a page asks for', async ({ sample: { page } }) => {
    const outcome = await page.evaluate(async () => ({
      notifications: await Notification.requestPermission(),
      clipboard: await navigator.clipboard.writeText('x').then(
        () => 'written',
        ({ name }: Error) => name,
      ),
    }))
    expect(outcome).toEqual({ notifications: 'granted', clipboard: 'written' })
  })
})

// shell/browser/relauncher.cc
test('a relaunch starts the application when this one has ended', async ({ sample: { app, userData } }) => {
  const starts = (): number[] => readFileSync(join(userData, 'starts'), 'utf8').trim().split('\n').map(Number)
  expect(starts()).toHaveLength(1)
  await app
    .evaluate(({ app: application }) => {
      application.relaunch()
      application.exit(0)
    })
    .catch(() => {})
  await expect.poll(() => starts().length, { timeout: 20_000 }).toBe(2)
  const [, pid = 0] = starts()
  process.kill(pid, 'SIGKILL')
})

test('on one computer: what seals, what is refused, what is asked for elsewhere, and what a process of its own does', async ({ sample: { app, page } }) => {
  // shell/browser/browser_process_impl.cc:472-532
  await test.step('sealed text says at its beginning what it was sealed with', async () => {
    const { sealed } = (await page.evaluate(() => window.sample.invoke('seal', 'hunter2'))) as { sealed: string }
    if (process.platform === 'linux') expect(sealed).toMatch(/^v1[012]/)
  })
  // spec/chromium-spec.ts:4434-4446
  await test.step('a page that may not write to the clipboard is refused, also after a click', async () => {
    await page.getByRole('heading', { name: 'Sample' }).click()
    const outcome = await page.evaluate(() =>
      navigator.clipboard.writeText('x').then(
        () => 'written',
        ({ name }: Error) => name,
      ),
    )
    expect(outcome).toBe('NotAllowedError')
  })
  // docs/api/app.md, "setLoginItemSettings"
  await test.step('Linux has no list of programs that start at sign-in', async () => {
    if (process.platform !== 'linux') return
    const settings = await app.evaluate(({ app: application }) => {
      application.setLoginItemSettings({ openAtLogin: true, args: ['--hidden'] })
      const { openAtLogin, wasOpenedAtLogin } = application.getLoginItemSettings()
      return { openAtLogin, wasOpenedAtLogin }
    })
    expect(settings).toEqual({ openAtLogin: false, wasOpenedAtLogin: false })
  })
  // lib/common/api/net-client-request.ts
  await test.step('a request that must not be redirected fails where it is', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/first`
    const outcome = await app.evaluate(
      ({ net, session }, address) =>
        new Promise((resolve) => {
          const request = net.request({ url: address, redirect: 'error', session: session.fromPartition('of-a-check', { cache: false }) })
          request.on('response', () => resolve('answered'))
          request.on('error', () => resolve('failed'))
          request.end()
        }),
      url,
    )
    server.close()
    expect(outcome).toBe('failed')
    expect(asked).toEqual(['/first'])
  })
  // shell/browser/api/electron_api_utility_process.cc; lib/utility/init.ts
  await test.step('a utility process has no channel of Node’s', async () => {
    expect(JSON.parse((await runUtility(app, 'tell')).said)).toEqual({ channel: 'undefined', type: 'utility' })
  })
  await test.step('it goes on after a rejection that nobody heard', async () => {
    expect(await runUtility(app, 'reject')).toEqual({ said: 'goes on\n', errors: [], exitCode: 0 })
  })
  await test.step('killed, it has ended as it should', async () => {
    expect(await runUtility(app, 'wait')).toEqual({ said: 'waits\n', errors: [], exitCode: 0 })
  })
  await test.step('out of memory it tells so before it ends', async () => {
    const { errors, exitCode } = await runUtility(app, 'fill', ['--max-old-space-size=30'])
    expect(errors).toEqual(['FatalError'])
    expect(exitCode).not.toBe(0)
  })
})

test.describe('the stand-in alone', () => {
  test.use({ machine: { standardInput: false } })
  test('a computer that can be told to be in trouble', async ({ sample: { app } }) => {
    test.info().skip(desktopRuntime.kind === 'electron', 'a real computer cannot be told to be like this')
    type Double = {
      shutDown(): boolean
      machine: { notifications: boolean; keyring: boolean; keyringLockedFor: number }
      questions: { answer(response: number): void }[]
    }
    // docs/api/power-monitor.md, "shutdown"
    await test.step('a system that shuts down waits for who says so', async () => {
      const waits = () => app.evaluate(() => (Reflect.get(globalThis, 'electronDouble') as Double).shutDown())
      expect(await waits()).toBe(false)
      await app.evaluate(({ powerMonitor }) => {
        const power: NodeJS.EventEmitter = powerMonitor
        power.on('shutdown', (event: { preventDefault(): void }) => event.preventDefault())
      })
      expect(await waits()).toBe(true)
    })
    // docs/api/notification.md, "failed"
    await test.step('a notification that the system does not take fails by an event', async () => {
      const outcome = await app.evaluate(({ Notification }) => {
        ;(Reflect.get(globalThis, 'electronDouble') as Double).machine.notifications = false
        const notification = new Notification({ title: 'x' })
        return new Promise((resolve) => {
          notification.on('show', () => resolve('shown'))
          notification.on('failed', () => resolve('failed'))
          notification.show()
        })
      })
      expect(outcome).toBe('failed')
    })
    // shell/browser/api/electron_api_safe_storage.cc, decryptStringAsync
    await test.step('a locked keyring is unavailable for a time; what the key of every computer has sealed is to be sealed anew', async () => {
      const outcome = await app.evaluate(async ({ safeStorage }) => {
        const { machine } = Reflect.get(globalThis, 'electronDouble') as Double
        machine.keyring = false
        const sealed = await safeStorage.encryptStringAsync('x')
        machine.keyring = true
        machine.keyringLockedFor = 1
        const locked = await safeStorage.decryptStringAsync(sealed).then(
          () => 'opened',
          ({ message }: Error) => message,
        )
        return { locked, opened: await safeStorage.decryptStringAsync(sealed) }
      })
      expect(outcome).toEqual({ locked: expect.stringContaining('temporarily unavailable'), opened: { result: 'x', shouldReEncrypt: true } })
    })
    await test.step('a box with a question waits for a person', async () => {
      const outcome = await app.evaluate(async ({ dialog }) => {
        const answered = dialog.showMessageBox({ message: 'well?', buttons: ['yes', 'no'] })
        const { questions } = Reflect.get(globalThis, 'electronDouble') as Double
        const open = questions.length
        questions[0]?.answer(1)
        return { open, response: (await answered).response }
      })
      expect(outcome).toEqual({ open: 1, response: 1 })
    })
    // lib/common/init.ts
    await test.step('standard input is at its end, as on Windows', async () => {
      expect(await app.evaluate(() => new Promise((resolve) => process.stdin.on('end', () => resolve('ended')).resume()))).toBe('ended')
    })
  })
})

type Seen = { said: string; errors: string[]; exitCode: number }

function runUtility(app: ElectronApplication, what: string, execArgv: string[] = []): Promise<Seen> {
  return app.evaluate(
    ({ utilityProcess }, [path, argument, ...options]) =>
      new Promise<Seen>((resolve) => {
        const started = utilityProcess.fork(path ?? '', [argument ?? ''], { stdio: 'pipe', execArgv: options })
        const seen: Seen = { said: '', errors: [], exitCode: -1 }
        started.stdout?.on('data', (chunk) => {
          seen.said += String(chunk)
          if (String(chunk).includes('waits')) started.kill()
        })
        started.on('error', (type) => void seen.errors.push(type))
        started.on('exit', (exitCode) => resolve({ ...seen, exitCode }))
      }),
    [child, what, ...execArgv],
  )
}
