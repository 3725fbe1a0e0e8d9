import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Holder, lockDataFolder } from '../../../main/bridge/data-folder-lock.ts'

let folder: string
const me: Holder = { pid: 42, host: 'web', port: 4780, controlSecret: 'secret' }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function hold() {
  const lock = lockDataFolder(folder)
  if (!lock.held) throw new Error('the folder is held')
  return lock
}

test('a second program is told who holds the folder', () => {
  const lock = hold()
  const second = lockDataFolder(folder)
  expect(second.held).toBe(false)
  expect(second.held || second.by()).toBeNull()
  lock.announce(me)
  expect(second.held || second.by()).toEqual(me)
  expect(statSync(join(folder, 'host.json')).mode & 0o777).toBe(0o600)
  lock.release()
})

test('a released folder can be taken again, and says nothing of the last holder', () => {
  const lock = hold()
  lock.announce(me)
  lock.release()
  expect(existsSync(join(folder, 'host.json'))).toBe(false)
  hold().release()
})

test('the folder is made, for its owner only', () => {
  folder = join(folder, 'new', 'deep')
  hold().release()
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('a holder that was killed holds nothing, whatever it left behind', async () => {
  const program = `import { lockDataFolder } from ${JSON.stringify(join(process.cwd(), 'main/bridge/data-folder-lock.ts'))}
    const lock = lockDataFolder(${JSON.stringify(folder)})
    lock.announce(${JSON.stringify(me)})
    process.stdout.write(String(lock.held))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  expect(lockDataFolder(folder).held).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(existsSync(join(folder, 'host.json'))).toBe(true)
  hold().release()
})

test.each(['', '{"pid":1}', 'no json'])('a note that cannot be read names nobody: %s', (text) => {
  const lock = hold()
  writeFileSync(join(folder, 'host.json'), text)
  const second = lockDataFolder(folder)
  expect(second.held || second.by()).toBeNull()
  lock.release()
})
