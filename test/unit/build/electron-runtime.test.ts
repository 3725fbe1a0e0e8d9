import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findElectron } from '../../../build/desktop-runtime/find-electron.ts'

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

test('the runtime that the package downloaded', () => {
  put('path.txt', 'electron')
  const path = put('dist/electron')
  expect(findElectron(folder, { platform: 'linux', env: withDisplay })).toEqual({ path })
})

test('a runtime that is named in the environment comes first', () => {
  put('path.txt', 'electron')
  put('dist/electron')
  const path = put('elsewhere/electron')
  expect(findElectron(folder, { platform: 'linux', env: { ...withDisplay, ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'elsewhere') } })).toEqual({ path })
  expect(findElectron(folder, { platform: 'linux', env: { ...withDisplay, ELECTRON_EXEC_PATH: path } })).toEqual({ path })
})

test('a package without its runtime is none, and the reason says what to do', () => {
  put('path.txt', 'electron')
  expect(findElectron(folder, { platform: 'linux', env: withDisplay })).toEqual({ path: null, why: expect.stringContaining('install-electron') })
})

test('without a display there is no desktop on Linux', () => {
  put('path.txt', 'electron')
  const path = put('dist/electron')
  expect(findElectron(folder, { platform: 'linux', env: {} })).toEqual({ path: null, why: 'there is no display' })
  expect(findElectron(folder, { platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } })).toEqual({ path })
  expect(findElectron(folder, { platform: 'darwin', env: { ELECTRON_EXEC_PATH: path } })).toEqual({ path })
})
