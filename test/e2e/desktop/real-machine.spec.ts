/**
 * Where a real computer differs from one on which everything works. What the computer does is the stand-in's word for Electron's sources; on a real
 * Electron none of it can be asked for, so these run on the stand-in alone.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { desktopRuntime } from '../../desktop-double/runtime.ts'
import { expect, goTo, test } from './support/desktop-stage.ts'
import { minimize } from './support/window-state.ts'
import { megabytes } from '../support/agent.ts'

test.beforeEach(() => test.info().skip(desktopRuntime.kind === 'electron', 'a real computer cannot be told to fail like this'))

const secretsOf = (dataDir: string): string[] =>
  Object.values((JSON.parse(readFileSync(join(dataDir, 'secrets.keychain.json'), 'utf8')) as { entries: Record<string, string> }).entries).map((sealed) =>
    Buffer.from(sealed, 'base64').subarray(0, 3).toString('latin1'),
  )

test('the system’s updater restarts the program: the window closes although it would hide, the engine stops in order, the update is put in place', async ({
  stage,
}) => {
  const computer = await stage.computer(await stage.platform())
  await computer.call('desktop.setKeepRunning', { on: true })
  await computer.app.evaluate(({ autoUpdater }) => autoUpdater.quitAndInstall())
  expect(await computer.ended()).toBe(0)
  expect(existsSync(join(computer.dataDir, 'host.json'))).toBe(false)
})

test('the system shuts down: it waits until the engine has stopped', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  expect(await computer.app.evaluate(() => globalThis.electronDouble.shutDown())).toBe(true)
  expect(await computer.ended()).toBe(0)
  expect(existsSync(join(computer.dataDir, 'host.json'))).toBe(false)
})

test('the keyring: what it seals is told by what was sealed; secrets from before it came are sealed anew; a locked one is waited for', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform(), { machine: { keyring: false } })
  expect(new Set(secretsOf(computer.dataDir))).toEqual(new Set(['v10']))
  await goTo(computer.page, '/honesty')
  await expect(computer.page.getByText('This computer has no keyring, so nothing else protects the key').first()).toBeVisible()
  await computer.quit()

  computer.setEnvironment('ELECTRON_DOUBLE_MACHINE', JSON.stringify({ keyring: true, keyringLockedFor: 2 }))
  await computer.start()
  await goTo(computer.page, '/honesty')
  await expect(computer.page.getByText('Protected by: The keyring of your desktop.')).toBeVisible()
  await expect.poll(() => [...new Set(secretsOf(computer.dataDir))]).toEqual(['v11'])
})

test('notifications that the system does not take are shown in the window', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform(), { machine: { notifications: false } })
  const agent = await computer.agent('writer')
  await minimize(computer)
  for (const index of [1, 2, 3, 4]) expect((await agent.write(`large/${index}`, megabytes(7.5), 'application/octet-stream')).status).toBe(201)
  await expect(computer.page.getByText('1 write is held', { exact: true })).toBeVisible()
})

test('diagnostics that cannot be copied: a person is told, and the program goes on', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform(), { machine: { clipboard: false } })
  await computer.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('copy-diagnostics')?.click())
  await expect.poll(() => computer.app.evaluate(() => globalThis.electronDouble.errorBoxes.map(({ title }) => title))).toEqual(['Not copied'])
  expect(computer.lines.filter((line) => line.includes('Unexpected'))).toEqual([])
})

test('a start in the tray on a desktop that shows none: the window comes', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  await computer.quit()
  const tools = join(computer.dataDir, 'tools')
  const answers = (text: string): void => {
    mkdirSync(tools, { recursive: true })
    for (const name of ['gdbus', 'busctl', 'dbus-send']) {
      writeFileSync(join(tools, name), `#!/bin/sh\necho '${text}'\n`)
      chmodSync(join(tools, name), 0o755)
    }
  }
  computer.setEnvironment('PATH', `${tools}:${process.env.PATH}`)
  const isShown = () => computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
  answers('(false,)')
  await computer.start('--hidden')
  expect(await isShown()).toBe(false)
  await expect.poll(isShown, { timeout: 25_000 }).toBe(true)
})

test('the sandbox’s process runs out of memory: the console goes on, says what it was, and starts it again', async ({ stage }) => {
  const computer = await stage.computer()
  const address = (await computer.call('workspaces.list', {}))[0]?.url ?? ''
  await computer.app.evaluate(() => {
    const [child] = globalThis.electronDouble.utilityProcesses
    child?.emit('error', 'FatalError', 'Reached heap limit', '{}')
    process.kill(child?.pid ?? 0, 'SIGKILL')
  })
  await expect.poll(() => computer.lines.join('\n')).toContain('The sandbox failed: FatalError, Reached heap limit')
  await expect.poll(() => computer.lines.join('\n')).toMatch(/The sandbox stopped \(code 9\) and starts again in/)
  await expect(async () => expect((await fetch(`${address}/sandbox/members`)).ok).toBe(true)).toPass({ timeout: 20_000 })
  expect(computer.lines.filter((line) => line.includes('Unexpected'))).toEqual([])
})

test('started without Chromium’s process sandbox: it is not switched on again, and Honesty says so', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const asked = () => computer.app.evaluate(() => globalThis.electronDouble.sandboxEnabled)
  expect(await asked()).toBe(true)
  await goTo(computer.page, '/honesty')
  await expect(computer.page.getByText('Chromium’s process sandbox: whoever took the page over')).toBeVisible()
  await computer.quit()
  await computer.start('--no-sandbox')
  expect(await asked()).toBe(false)
  await goTo(computer.page, '/honesty')
  await expect(computer.page.getByText('Chromium’s process sandbox is off')).toBeVisible()
})

test('the window has the program’s icon', async ({ stage }) => {
  test.info().skip(process.platform !== 'linux', 'macOS and Windows take it from the program')
  const computer = await stage.computer(await stage.platform())
  const icon = await computer.app.evaluate(({ BrowserWindow }) => String(Reflect.get(BrowserWindow.getAllWindows()[0] ?? {}, 'icon')))
  expect(statSync(icon).size).toBeGreaterThan(1_000)
})

test('an error that nobody expected: a person is asked, and the program starts again', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const app = computer.app
  await app.evaluate(() => void setImmediate(() => Promise.reject(new Error('unforeseen'))))
  await expect
    .poll(() => app.evaluate(() => globalThis.electronDouble.questions.map(({ message }) => message)))
    .toEqual(['Tidemark met an error that it did not expect'])
  await app.evaluate(() => globalThis.electronDouble.questions[0]?.answer(0)).catch(() => {})
  expect(await computer.ended()).toBe(1)
  // The new one has the data folder, and is stopped in order.
  await expect.poll(() => existsSync(join(computer.dataDir, 'intake.json')), { timeout: 20_000 }).toBe(true)
  const holder = join(computer.dataDir, 'host.json')
  const { pid } = JSON.parse(readFileSync(holder, 'utf8')) as { pid: number }
  process.kill(pid, 'SIGTERM')
  await expect.poll(() => existsSync(holder), { timeout: 20_000 }).toBe(false)
})
