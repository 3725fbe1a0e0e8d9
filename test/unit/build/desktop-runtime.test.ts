import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findElectron } from '../../../build/desktop-runtime/find-electron.ts'
import { keptFolder } from '../../../build/desktop-runtime/kept-folder.ts'
import { sandboxProblem } from '../../../build/desktop-runtime/process-sandbox.ts'

let folder: string
const withDisplay = { DISPLAY: ':0' }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-electron-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(path: string, text = ''): string {
  const full = join(folder, path)
  mkdirSync(join(full, '..'), { recursive: true })
  writeFileSync(full, text)
  return full
}

describe('the runtime that can run here', () => {
  const find = (platform: NodeJS.Platform, env: Record<string, string>) =>
    findElectron({ packageFolder: folder, keptFolder: join(folder, 'kept') }, { platform, env })

  test('is the one that the package downloaded', () => {
    put('path.txt', 'electron')
    const path = put('dist/electron')
    expect(find('linux', withDisplay)).toEqual({ path })
  })
  test('or the one that an earlier start has kept', () => {
    const path = put('kept/electron')
    expect(find('linux', withDisplay)).toEqual({ path })
  })
  test('is first of all the one that the environment names', () => {
    put('path.txt', 'electron')
    put('dist/electron')
    put('kept/electron')
    const path = put('elsewhere/electron')
    expect(find('linux', { ...withDisplay, ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'elsewhere') })).toEqual({ path })
    expect(find('linux', { ...withDisplay, ELECTRON_EXEC_PATH: path })).toEqual({ path })
  })
  test('is not fetched in the place of one that the environment names', () => {
    expect(find('linux', { ...withDisplay, ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' })).toEqual({
      path: null,
      why: 'the environment names /nowhere/electron, and it is not there',
      canBeFetched: false,
    })
  })
  test('can be fetched where nothing but it is missing', () => {
    put('path.txt', 'electron')
    expect(find('linux', withDisplay)).toEqual({ path: null, why: 'the Electron runtime is not there', canBeFetched: true })
  })
  test('needs a display on Linux: without one nothing is fetched', () => {
    expect(find('linux', {})).toEqual({ path: null, why: 'there is no display', canBeFetched: false })
    put('path.txt', 'electron')
    const path = put('dist/electron')
    expect(find('linux', {})).toEqual({ path: null, why: 'there is no display', canBeFetched: false })
    expect(find('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual({ path })
    expect(find('darwin', { ELECTRON_EXEC_PATH: path })).toEqual({ path })
  })
})

test.each([
  ['linux', {}, '/home/a/.cache/tidemark/electron/v45.4.1-linux-x64'],
  ['linux', { XDG_CACHE_HOME: '/fast' }, '/fast/tidemark/electron/v45.4.1-linux-x64'],
  ['linux', { XDG_CACHE_HOME: 'not/absolute' }, '/home/a/.cache/tidemark/electron/v45.4.1-linux-x64'],
  ['darwin', {}, '/home/a/Library/Caches/Tidemark/electron/v45.4.1-darwin-x64'],
] as const)('a downloaded runtime is kept where npm does not delete it: %s %o', (platform, env, expected) => {
  expect(keptFolder('45.4.1', { platform, arch: 'x64', env, home: '/home/a' })).toBe(expected)
})

describe('the process sandbox', () => {
  const apparmor = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns'
  const computer = {
    platform: 'linux' as NodeJS.Platform,
    userId: 1000 as number | undefined,
    files: { [apparmor]: '1\n' } as Record<string, string>,
    helper: { uid: 1000, mode: 0o100755 } as { uid: number; mode: number } | null,
  }
  const problemOn = (changes: Partial<typeof computer>, args: string[] = []) => {
    const { platform, userId, files, helper } = { ...computer, ...changes }
    return sandboxProblem("/home/a/it's/electron", args, { platform, userId, read: (path) => files[path] ?? null, stat: () => helper })
  }

  test('of a runtime from npm is refused by Ubuntu 24.04; the command that mends it is named', () => {
    expect(problemOn({})).toEqual({
      why: expect.stringContaining('namespaces'),
      mend: `sudo chown root:root '/home/a/it'\\''s/chrome-sandbox' && sudo chmod 4755 '/home/a/it'\\''s/chrome-sandbox'`,
    })
  })
  test.each([
    ['the helper belongs to root and starts others as root', { helper: { uid: 0, mode: 0o104755 } }],
    ['the system lets everybody make namespaces', { files: { [apparmor]: '0\n' } }],
    ['the system knows no such setting', { files: {} }],
    ['on another system', { platform: 'darwin' as const }],
  ])('nothing is in the way: %s', (_when, changes) => {
    expect(problemOn(changes)).toBeNull()
  })
  test.each([
    ['the helper belongs to root and is a plain program', { helper: { uid: 0, mode: 0o100755 } }],
    ['the helper has the bit and belongs to somebody else', { helper: { uid: 1000, mode: 0o104755 } }],
    ['an older Debian', { files: { '/proc/sys/kernel/unprivileged_userns_clone': '0' } }],
    ['no namespaces at all', { files: { '/proc/sys/user/max_user_namespaces': '0' } }],
  ])('something is: %s', (_when, changes) => {
    expect(problemOn(changes)).not.toBeNull()
  })
  test('without a helper there is no command to name', () => {
    expect(problemOn({ helper: null })).toMatchObject({ mend: null })
  })
  test('does not run for root; who does without it is let', () => {
    expect(problemOn({ userId: 0, files: {} })).toMatchObject({ why: expect.stringContaining('root'), mend: null })
    expect(problemOn({ userId: 0 }, ['--no-sandbox'])).toBeNull()
    expect(problemOn({}, ['--no-sandbox'])).toBeNull()
  })
})
