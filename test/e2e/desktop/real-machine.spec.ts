/**
 * Where a real computer differs from one on which everything works. What the computer does is the stand-in's word for Electron's sources; a real one
 * cannot be told to do it, so these run on the stand-in alone. Several of them share a start.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { desktopRuntime } from '../../desktop-double/runtime.ts'
import { megabytes } from '../support/agent.ts'
import { expect, goTo, test } from './support/desktop-stage.ts'
import { minimize } from './support/window-state.ts'

test.beforeEach(() => test.info().skip(desktopRuntime.kind === 'electron', 'a real computer cannot be told to fail like this'))

/** What the secrets were sealed with, as it stands at the beginning of each. */
function sealedWith(dataDir: string): string[] {
  const { entries } = JSON.parse(readFileSync(join(dataDir, 'secrets.keychain.json'), 'utf8')) as { entries: Record<string, string> }
  return [...new Set(Object.values(entries).map((sealed) => Buffer.from(sealed, 'base64').subarray(0, 3).toString('latin1')))]
}

test('a system that takes neither texts nor notifications: both are said in the window; its updater ends a window that would only hide', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform(), { machine: { clipboard: false, notifications: false } })
  const { app, page } = computer

  await test.step('the window has the program’s icon, and Chromium’s sandbox', async () => {
    const icon = await app.evaluate(({ BrowserWindow }) => String(Reflect.get(BrowserWindow.getAllWindows()[0] ?? {}, 'icon')))
    if (process.platform === 'linux') expect(statSync(icon).size).toBeGreaterThan(1_000)
    expect(await app.evaluate(() => globalThis.electronDouble.sandboxEnabled)).toBe(true)
    await goTo(page, '/honesty')
    await expect(page.getByText('Chromium’s process sandbox: whoever took the page over')).toBeVisible()
  })
  await test.step('diagnostics that cannot be copied', async () => {
    await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('copy-diagnostics')?.click())
    await expect.poll(() => app.evaluate(() => globalThis.electronDouble.errorBoxes.map(({ title }) => title))).toEqual(['Not copied'])
    expect(computer.lines.filter((line) => line.includes('Unexpected'))).toEqual([])
  })
  await test.step('a notification that the system does not take', async () => {
    const agent = await computer.agent('writer')
    await minimize(computer)
    for (const index of [1, 2, 3, 4]) expect((await agent.write(`large/${index}`, megabytes(7.5), 'application/octet-stream')).status).toBe(201)
    await expect(page.getByText('1 write is held', { exact: true })).toBeVisible()
  })
  await test.step('the system’s updater restarts the program', async () => {
    await computer.call('desktop.setKeepRunning', { on: true })
    await app.evaluate(({ autoUpdater }) => autoUpdater.quitAndInstall())
    expect(await computer.ended()).toBe(0)
    expect(existsSync(join(computer.dataDir, 'host.json'))).toBe(false)
  })
})

test('a keyring that comes later and is locked at first; a start in a tray that nothing shows, without Chromium’s sandbox; a system that shuts down', async ({
  stage,
}) => {
  const computer = await stage.computer(await stage.platform(), { machine: { keyring: false } })
  expect(sealedWith(computer.dataDir)).toEqual(['v10'])
  await goTo(computer.page, '/honesty')
  await expect(computer.page.getByText('This computer has no keyring, so nothing else protects the key').first()).toBeVisible()
  await computer.quit()

  const tools = join(computer.dataDir, 'tools')
  mkdirSync(tools)
  for (const name of ['gdbus', 'busctl', 'dbus-send']) {
    writeFileSync(join(tools, name), "#!/bin/sh\necho '(false,)'\n")
    chmodSync(join(tools, name), 0o755)
  }
  computer.setEnvironment('PATH', `${tools}:${process.env.PATH}`)
  computer.setEnvironment('ELECTRON_DOUBLE_MACHINE', JSON.stringify({ keyring: true, keyringLockedFor: 2 }))
  const page = await computer.start('--hidden', '--no-sandbox')
  const isShown = () => computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
  expect(await isShown()).toBe(false)
  expect(await computer.app.evaluate(() => globalThis.electronDouble.sandboxEnabled)).toBe(false)
  await goTo(page, '/honesty')
  await expect(page.getByText('Protected by: The keyring of your desktop.')).toBeVisible()
  await expect(page.getByText('Chromium’s process sandbox is off')).toBeVisible()
  await expect.poll(() => sealedWith(computer.dataDir)).toEqual(['v11'])
  await expect.poll(isShown, { timeout: 30_000 }).toBe(true)

  expect(await computer.app.evaluate(() => globalThis.electronDouble.shutDown())).toBe(true)
  expect(await computer.ended()).toBe(0)
  expect(existsSync(join(computer.dataDir, 'host.json'))).toBe(false)
})

test('the sandbox’s process runs out of memory, and is started again; an error that nobody expected, and the program starts again', async ({ stage }) => {
  const computer = await stage.computer()
  const { app } = computer
  const address = (await computer.call('workspaces.list', {}))[0]?.url ?? ''
  await app.evaluate(() => {
    const [child] = globalThis.electronDouble.utilityProcesses
    child?.emit('error', 'FatalError', 'Reached heap limit', '{}')
    process.kill(child?.pid ?? 0, 'SIGKILL')
  })
  await expect.poll(() => computer.lines.join('\n')).toContain('The sandbox failed: FatalError, Reached heap limit')
  await expect.poll(() => computer.lines.join('\n')).toMatch(/The sandbox stopped \(code 9\) and starts again in/)
  await expect(async () => expect((await fetch(`${address}/sandbox/members`)).ok).toBe(true)).toPass({ timeout: 30_000 })
  expect(computer.lines.filter((line) => line.includes('Unexpected'))).toEqual([])

  await app.evaluate(() => void setImmediate(() => Promise.reject(new Error('unforeseen'))))
  await expect
    .poll(() => app.evaluate(() => globalThis.electronDouble.questions.map(({ message }) => message)))
    .toEqual(['Tidemark met an error that it did not expect'])
  await app.evaluate(() => globalThis.electronDouble.questions[0]?.answer(0)).catch(() => {})
  expect(await computer.ended()).toBe(1)
  // The new one has the data folder, and is stopped in order.
  await expect.poll(() => existsSync(join(computer.dataDir, 'intake.json')), { timeout: 30_000 }).toBe(true)
  const holder = join(computer.dataDir, 'host.json')
  const { pid } = JSON.parse(readFileSync(holder, 'utf8')) as { pid: number }
  process.kill(pid, 'SIGTERM')
  await expect.poll(() => existsSync(holder), { timeout: 20_000 }).toBe(false)
})
