import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { autostartEntry } from '../../../main/desktop/surroundings/autostart.ts'
import { createCrashPolicy } from '../../../main/desktop/life/crash-policy.ts'
import { DesktopPreferences } from '../../../main/desktop/desktop-preferences.ts'
import { describeForSupport, withoutSecrets } from '../../../main/desktop/life/diagnostics.ts'
import { openLog } from '../../../main/desktop/life/log-file.ts'
import { menuTemplate } from '../../../main/desktop/surroundings/menu-template.ts'
import { proxyFrom } from '../../../main/desktop/system-proxy.ts'

const folders: string[] = []
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'tidemark-desktop-'))
  folders.push(made)
  return made
}
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true })
})

describe('what dies again and again', () => {
  test('is started again twice, and asked about at the third time within a minute', () => {
    const policy = createCrashPolicy()
    expect([policy.crashed(0), policy.crashed(30_000), policy.crashed(59_999)]).toEqual(['again', 'again', 'ask'])
  })
  test('a minute later it counts from the beginning', () => {
    const policy = createCrashPolicy()
    expect([policy.crashed(0), policy.crashed(1), policy.crashed(60_000), policy.crashed(60_001)]).toEqual(['again', 'again', 'again', 'again'])
  })
  test('and after a person has said to try again', () => {
    const policy = createCrashPolicy()
    policy.crashed(0)
    policy.crashed(1)
    policy.forget()
    expect(policy.crashed(2)).toBe('again')
  })
})

describe('diagnostics', () => {
  test.each([
    ['Bearer tmk_9f8e7d6c', 'Bearer (removed)'],
    ['authorization: secret-value', 'authorization: (removed)'],
    ['"token":"abc"', '"token":"(removed)"'],
    ['key 3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'key (removed)'],
    ['mail lead@harbour.example', 'mail (address)'],
    ['/home/dana/.local/share/tidemark/outbox.db', '~/.local/share/tidemark/outbox.db'],
    ['started by dana', 'started by (user)'],
    ['item 0198c0de-0000-7000-8000-000000000001 waits', 'item 0198c0de-0000-7000-8000-000000000001 waits'],
  ])('%s', (line, expected) => {
    expect(withoutSecrets(line, '/home/dana', 'dana')).toBe(expected)
  })
  test('name the versions and hold the end of the log, blacked out too', () => {
    const text = describeForSupport({
      version: '1.2.3',
      at: new Date(0),
      parts: { electron: '45.4.1' },
      system: 'linux x64',
      log: ['engine: ready', 'password=hunter2 in /home/dana'],
      home: '/home/dana',
      userName: 'dana',
    })
    expect(text).toContain('Tidemark 1.2.3\nWritten   1970-01-01T00:00:00.000Z\nSystem    linux x64\nParts     electron 45.4.1')
    expect(text).toContain('engine: ready\npassword=(removed) in ~\n')
  })
})

describe('the log', () => {
  const now = (): Date => new Date(0)
  test('keeps lines in order, one line each, readable by its owner', () => {
    const log = openLog(join(folder(), 'logs'), now)
    log.write('one')
    log.write('two\nwith a break')
    expect(log.tail(9)).toEqual(['1970-01-01T00:00:00.000Z one', '1970-01-01T00:00:00.000Z two | with a break'])
    expect(log.tail(1)).toEqual(['1970-01-01T00:00:00.000Z two | with a break'])
    expect(statSync(log.path).mode & 0o077).toBe(0)
  })
  test('begins a second file at a megabyte and goes on with the end of the first', () => {
    const logs = folder()
    appendFileSync(join(logs, 'desktop.log'), `${'x'.repeat(1024 * 1024)}\nlast of the first\n`)
    const log = openLog(logs, now)
    log.write('first of the second')
    expect(existsSync(join(logs, 'desktop.log.1'))).toBe(true)
    expect(statSync(log.path).size).toBeLessThan(100)
    expect(log.tail(2)).toEqual(['last of the first', '1970-01-01T00:00:00.000Z first of the second'])
  })
  test('does not stop the program when it cannot be written', () => {
    const file = join(folder(), 'a-file')
    writeFileSync(file, '')
    const log = openLog(join(file, 'logs'), now)
    expect(() => log.write('lost')).not.toThrow()
    expect(log.tail(3)).toEqual([])
  })
})

describe('the way to an address', () => {
  test.each([
    ['DIRECT', null],
    ['', null],
    ['PROXY proxy.corp:8080', 'http://proxy.corp:8080'],
    ['PROXY proxy.corp:8080; DIRECT', 'http://proxy.corp:8080'],
    ['DIRECT; PROXY proxy.corp:8080', null],
    ['HTTPS secure.corp:443', 'https://secure.corp:443'],
    ['SOCKS5 socks.corp:1080', 'socks5://socks.corp:1080'],
    ['SOCKS4 old.corp:1080; PROXY proxy.corp:80', 'http://proxy.corp:80'],
    ['QUIC q.corp:443; DIRECT', null],
    ['PROXY lead:secret@proxy.corp:80', null],
    ['PROXY', null],
  ])('%s', (list, expected) => {
    expect(proxyFrom(list)).toBe(expected)
  })
})

describe('preferences', () => {
  test('come back; one that is damaged falls back alone', () => {
    const dataDir = folder()
    expect(new DesktopPreferences(dataDir).get()).toEqual({ keepRunning: false, updateChannel: 'latest', updateAutomatically: true })
    new DesktopPreferences(dataDir).set({ keepRunning: true, updateChannel: 'beta' })
    expect(new DesktopPreferences(dataDir).get()).toEqual({ keepRunning: true, updateChannel: 'beta', updateAutomatically: true })
    writeFileSync(join(dataDir, 'desktop.json'), '{"keepRunning":true,"updateChannel":"nightly"}')
    expect(new DesktopPreferences(dataDir).get()).toEqual({ keepRunning: true, updateChannel: 'latest', updateAutomatically: true })
    writeFileSync(join(dataDir, 'desktop.json'), 'x')
    expect(new DesktopPreferences(dataDir).get().keepRunning).toBe(false)
  })
  test('are not remembered when they were not written', () => {
    const dataDir = folder()
    const preferences = new DesktopPreferences(join(dataDir, 'missing'))
    expect(() => preferences.set({ keepRunning: true })).toThrow()
    expect(preferences.get().keepRunning).toBe(false)
  })
})

test('the file that starts the console at sign-in quotes what a shell would read', () => {
  expect(autostartEntry(['/opt/Tidemark/tidemark', '--hidden'])).toContain('\nExec="/opt/Tidemark/tidemark" "--hidden"\n')
  expect(autostartEntry(['/home/a b/100%$x"`.AppImage'])).toContain('\nExec="/home/a b/100%%\\\\$x\\\\"\\\\`.AppImage"\n')
})

describe('the menu', () => {
  const asked: string[] = []
  const actions = {
    open: (path: string) => void asked.push(path),
    syncNow: () => void asked.push('sync'),
    checkForUpdates: () => {},
    copyDiagnostics: () => {},
    saveDiagnostics: () => {},
    showLog: () => {},
    about: () => {},
  }
  const rolesOf = (platform: NodeJS.Platform, isPackaged = true): string[] =>
    JSON.stringify(menuTemplate({ platform, isPackaged, actions })).match(/"role":"\w+"/g) ?? []

  test('has the roles of the system', () => {
    expect(rolesOf('darwin')).toEqual(
      expect.arrayContaining(['services', 'hide', 'hideOthers', 'unhide', 'quit', 'close', 'front', 'help'].map((role) => `"role":"${role}"`)),
    )
    expect(rolesOf('linux')).toEqual(
      expect.arrayContaining(
        ['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll', 'togglefullscreen', 'quit', 'minimize', 'help'].map((role) => `"role":"${role}"`),
      ),
    )
    expect(rolesOf('linux')).not.toContain('"role":"services"')
  })
  test('shows the developer’s tools only where the program is developed', () => {
    expect(rolesOf('linux')).not.toContain('"role":"toggleDevTools"')
    expect(rolesOf('linux', false)).toContain('"role":"toggleDevTools"')
  })
  test('gives each shortcut once', () => {
    for (const platform of ['darwin', 'win32', 'linux'] as const) {
      const shortcuts = JSON.stringify(menuTemplate({ platform, isPackaged: true, actions })).match(/"accelerator":"[^"]+"/g) ?? []
      expect(new Set(shortcuts).size).toBe(shortcuts.length)
    }
  })
})
