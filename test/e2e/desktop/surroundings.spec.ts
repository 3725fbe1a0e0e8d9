import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { desktopRuntime } from '../../desktop-double/runtime.ts'
import { expect, goTo, test } from './support/desktop-stage.ts'
import { heading, isMinimized, minimize } from './support/window-state.ts'

test('the menu bar has the system’s own entries, and those of ours open their pages', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const click = (id: string) => computer.app.evaluate(({ Menu }, wanted) => Menu.getApplicationMenu()?.getMenuItemById(wanted)?.click(), id)
  for (const [id, name] of [
    ['go/outbox', 'Outbox'],
    ['go/devices', 'Devices & sub-keys'],
    ['go/honesty', 'Honesty'],
    ['settings', 'Settings'],
    ['go/', 'Overview'],
  ] as const) {
    await click(id)
    await expect(heading(computer, name)).toBeVisible()
  }
  const roles = await computer.app.evaluate(({ Menu }) => {
    const all = (menu: Electron.Menu | null): string[] => menu?.items.flatMap((item) => [item.role ?? '', ...(item.submenu ? all(item.submenu) : [])]) ?? []
    return all(Menu.getApplicationMenu()).map((role) => role.toLowerCase())
  })
  expect(roles).toEqual(
    expect.arrayContaining([
      'undo',
      'redo',
      'cut',
      'copy',
      'paste',
      'selectall',
      'reload',
      'zoomin',
      'zoomout',
      'resetzoom',
      'togglefullscreen',
      'minimize',
      'close',
      'quit',
    ]),
  )
})

test('a link opens its page, in a window that is there and in one that only comes; what is no known link changes nothing', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  await computer.startAgain('tidemark://open/outbox')
  await expect(heading(computer, 'Outbox')).toBeVisible()

  for (const link of [
    'tidemark://open/../../etc',
    'tidemark://open/honesty?x=1',
    'tidemark://evil',
    'tidemark://user@open/honesty',
    'tidemark:open/honesty',
    'tidemark://open/honesty#/settings',
  ]) {
    await minimize(computer)
    await computer.startAgain(link)
    // The window comes, as for every second start, and shows what it showed.
    await expect.poll(() => isMinimized(computer)).toBe(false)
    await expect(heading(computer, 'Outbox')).toBeVisible()
  }

  await computer.quit()
  await computer.start('tidemark://open/honesty')
  await expect(heading(computer, 'Honesty')).toBeVisible()
})

test('a link is heard after the page was reloaded, and after it tried to go elsewhere and was refused', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  await computer.page.evaluate(() => {
    window.location.href = 'https://example.com/'
  })
  await computer.startAgain('tidemark://open/outbox')
  await expect(heading(computer, 'Outbox')).toBeVisible()
  await computer.page.reload()
  await expect(computer.page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await computer.startAgain('tidemark://open/honesty')
  await expect(heading(computer, 'Honesty')).toBeVisible()
})

test('the window opens where it was; where no screen is any more, it opens where a person can reach it', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const bounds = () => computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  await computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setBounds({ x: 60, y: 40, width: 900, height: 640 }))
  await computer.quit()
  await computer.start()
  expect(await bounds()).toEqual({ x: 60, y: 40, width: 900, height: 640 })
  await computer.quit()

  const memory = join(computer.dataDir, 'window.json')
  writeFileSync(memory, readFileSync(memory, 'utf8').replace('"x":60', '"x":60000'))
  await computer.start()
  const area = await computer.app.evaluate(({ screen }) => screen.getPrimaryDisplay().workArea)
  const { x = 0, y = 0, width = 0, height = 0 } = (await bounds()) ?? {}
  expect(x).toBeGreaterThanOrEqual(area.x)
  expect(y).toBeGreaterThanOrEqual(area.y)
  expect(x + width).toBeLessThanOrEqual(area.x + area.width)
  expect(y + height).toBeLessThanOrEqual(area.y + area.height)
})

test('the theme that is chosen in the page is the window’s too, and at the next start from its first moment', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const source = () => computer.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)
  expect(await source()).toBe('system')
  await computer.page.getByRole('button', { name: 'Appearance' }).click()
  await computer.page.getByRole('menuitem', { name: 'Dark' }).click()
  await expect.poll(source).toBe('dark')
  await computer.quit()
  await computer.start()
  expect(await source()).toBe('dark')
})

test('the process of the page dies: it is loaded again; the third time within a minute a person is asked', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  await computer.app.evaluate(({ dialog }) => {
    globalThis.questions = []
    dialog.showMessageBox = (async (...given: unknown[]) => {
      const options = given.at(-1) as Electron.MessageBoxOptions
      globalThis.questions.push(options)
      return { response: 0, checkboxChecked: false }
    }) as typeof dialog.showMessageBox
  })
  const questions = () => computer.app.evaluate(() => globalThis.questions.map(({ message }) => message))
  const shows = () =>
    computer.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]
        ?.webContents.executeJavaScript(`document.querySelector('nav[aria-label="Main"]') !== null`)
        .catch(() => false),
    )
  for (const round of [1, 2, 3]) {
    await computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer())
    await expect
      .poll(() => computer.lines.filter((text) => text.startsWith('The window’s process ended') || text.startsWith("The window's process ended")).length)
      .toBe(round)
    await expect.poll(shows, { timeout: 20_000 }).toBe(true)
    expect(await questions()).toEqual(round === 3 ? ['The window stopped several times'] : [])
  }
})

test('closed with “keep running”, agents go on writing, and a second start shows the window again', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const agent = await computer.agent('writer')
  await goTo(computer.page, '/settings')
  const choice = computer.page.getByRole('switch', { name: 'Keep running when the window is closed' })
  await choice.press('Space')
  await expect(choice).toBeChecked()

  const isShown = () => computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
  await computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await expect.poll(isShown).toBe(false)
  expect((await agent.write('notes/hidden', 'written while nobody looks')).status).toBe(201)
  await expect.poll(() => platform.envelopes().length).toBe(1)
  expect(await computer.startAgain()).toBe(0)
  await expect.poll(isShown).toBe(true)

  // As at sign-in: in the tray, until it is wanted.
  await computer.quit()
  await computer.start('--hidden')
  expect(await isShown()).toBe(false)
  expect(await computer.startAgain()).toBe(0)
  await expect.poll(isShown).toBe(true)
})

test('starting at sign-in is off until it is switched on, and off again after', async ({ stage }) => {
  test.info().skip(process.platform !== 'linux', 'macOS and Windows keep the list themselves; it would be that of whoever runs this')
  const computer = await stage.computer(await stage.platform())
  const entry = join(computer.configFolder, 'autostart', 'tidemark.desktop')
  await goTo(computer.page, '/settings')
  const choice = computer.page.getByRole('switch', { name: 'Start when you sign in' })
  await expect(choice).not.toBeChecked()
  expect(existsSync(entry)).toBe(false)
  await choice.press('Space')
  await expect(choice).toBeChecked()
  expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=.+--hidden/m)
  await choice.press('Space')
  await expect(choice).not.toBeChecked()
  expect(existsSync(entry)).toBe(false)
})

test('a computer without a keyring says so at the first start and on the Honesty page, and offers a passphrase', async ({ stage }) => {
  test.info().skip(process.platform !== 'linux', 'only Linux may have no keyring')
  test.info().skip(desktopRuntime.kind === 'electron', 'whether this computer has a keyring is not for a spec to choose')
  const computer = await stage.computer(await stage.platform(), { machine: { keyring: false } })
  await expect(computer.page.getByText('This computer has no keyring').first()).toBeVisible()
  await expect(computer.page.getByRole('button', { name: 'Set a passphrase' })).toBeVisible()
  await computer.page.getByRole('button', { name: 'Not now' }).click()
  await expect(computer.page.getByText('This computer has no keyring')).toBeHidden()
  await goTo(computer.page, '/honesty')
  await expect(computer.page.getByText(/This computer has no keyring, so nothing else protects the key; a passphrase does\./)).toBeVisible()
})

declare global {
  /** In the main process: what a person would have been asked. */
  var questions: Electron.MessageBoxOptions[]
}
