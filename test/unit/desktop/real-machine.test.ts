import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { childEnvironment } from '../../../main/bridge/child-environment.ts'
import { isKeyOfKeysLost } from '../../../main/desktop/key-of-keys.ts'
import { hasTrayHost, showWithoutTray } from '../../../main/desktop/surroundings/tray-host.ts'

vi.mock('electron', () => ({ app: {} }))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-machine-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

test('what turns Electron into a plain Node, or loads code, is not handed on to what we start', () => {
  const handed = childEnvironment({ PATH: '/bin', ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--inspect', Node_Options: '-r x', HOME: '/home/a' })
  expect(handed).toEqual({ PATH: '/bin', HOME: '/home/a' })
})

describe('the key of the keys', () => {
  const put = (path: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), '{}')
  }
  test('is missed where secrets are there and it is not', () => {
    put('secrets.keychain.second.json')
    expect(isKeyOfKeysLost(folder, 'win32')).toBe(true)
    put('window/Local State')
    expect(isKeyOfKeysLost(folder, 'win32')).toBe(false)
  })
  test('is not missed before the first secret, nor on other systems', () => {
    expect(isKeyOfKeysLost(folder, 'win32')).toBe(false)
    put('secrets.keychain.json')
    expect(isKeyOfKeysLost(folder, 'linux')).toBe(false)
    expect(isKeyOfKeysLost(folder, 'darwin')).toBe(false)
  })
})

describe('the start that follows the end of an AppImage', () => {
  test('asks for what this one was asked for, but for a link and for waiting in the tray', async () => {
    const { argumentsAgain } = await import('../../../main/desktop/life/start-again.ts')
    expect(argumentsAgain(['--hidden', '--data=/d', 'tidemark://open/outbox', '--no-sandbox'])).toEqual(['--data=/d', '--no-sandbox'])
  })
  test('waits for that end, and hands its arguments on as they are', async () => {
    const { waitAndStart } = await import('../../../main/desktop/life/start-again.ts')
    const first = spawn('sleep', ['0.6'])
    const report = join(folder, 'started')
    const program = join(folder, "it's a program")
    writeFileSync(program, `#!/bin/sh\nprintf '%s|' "$@" > '${report}'\n`, { mode: 0o755 })
    const [command, ...words] = waitAndStart(first.pid ?? 0, program, ['--data', 'a b', '$(x)'])
    const second = spawn(command, words)
    let firstEnded = false
    first.once('exit', () => (firstEnded = true))
    await new Promise((resolve) => second.once('exit', resolve))
    expect(firstEnded).toBe(true)
    expect(readFileSync(report, 'utf8')).toBe('--data|a b|$(x)|')
  })
})

describe('something that shows tray icons', () => {
  const tool = (name: string, script: string): void => writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  beforeEach(() => vi.stubEnv('PATH', folder))

  test.each([
    ['gdbus', "echo '(true,)'", true],
    ['gdbus', "echo '(false,)'", false],
    ['busctl', "echo 'b true'", true],
    ['dbus-send', "echo '   boolean false'", false],
  ])('is asked for with %s: %s', async (name, script, expected) => {
    tool(name, script)
    expect(await hasTrayHost()).toBe(expected)
  })
  test('is not there where no tool answers', async () => {
    expect(await hasTrayHost()).toBe(false)
    tool('gdbus', 'exit 1')
    expect(await hasTrayHost()).toBe(false)
  })
  test('may come later than we do; the window is shown only when it has not come', async () => {
    const shown: string[] = []
    const wait = { show: () => void shown.push('window'), report: () => {}, platform: 'linux' as const, forMs: 200, everyMs: 50 }
    tool('gdbus', "echo '(false,)'")
    setTimeout(() => tool('gdbus', "echo '(true,)'"), 60)
    await showWithoutTray(wait)
    expect(shown).toEqual([])
    tool('gdbus', "echo '(false,)'")
    await showWithoutTray(wait)
    expect(shown).toEqual(['window'])
    await showWithoutTray({ ...wait, platform: 'darwin' })
    expect(shown).toHaveLength(1)
  })
})
