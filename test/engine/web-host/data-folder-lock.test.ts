import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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

describe('what is in the place of the lock', () => {
  test.each<[string, (path: string) => void]>([
    ['no database', (path) => writeFileSync(path, 'x'.repeat(5_000))],
    ['a folder', (path) => mkdirSync(path)],
  ])('%s: it is set aside, said, and the folder is held as ever', (_name, damage) => {
    damage(join(folder, 'host.lock'))
    const lock = hold()
    expect(lock.notices).toEqual([expect.stringMatching(/host\.lock was damaged.*host\.lock\.aside-1/)])
    expect(existsSync(join(folder, 'host.lock.aside-1'))).toBe(true)
    expect(lockDataFolder(folder).held).toBe(false)
    lock.release()
    expect(hold().notices).toEqual([])
  })

  test('is mended by one of many programs that start at once, and the others meet its lock', async () => {
    writeFileSync(join(folder, 'host.lock'), 'x'.repeat(5_000))
    const program = `import { lockDataFolder } from ${JSON.stringify(join(process.cwd(), 'main/bridge/data-folder-lock.ts'))}
      const until = Number(process.argv[1])
      while (Date.now() < until);
      process.stdout.write(String(lockDataFolder(${JSON.stringify(folder)}).held))
      setInterval(() => {}, 1000)`
    const at = Date.now() + 1_500
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module-typescript', '--eval', program, String(at)], { stdio: ['ignore', 'pipe', 'inherit'] }),
    )
    const held = await Promise.all(children.map(async (child) => String((await once(child.stdout, 'data'))[0])))
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map((child) => once(child, 'exit')))
    expect(held.sort()).toEqual(['false', 'false', 'false', 'false', 'false', 'true'])
    expect(readdirSync(folder).filter((name) => name.includes('aside'))).toEqual(['host.lock.aside-1'])
  })

  test('has words with a remedy when it cannot be mended', () => {
    writeFileSync(join(folder, 'host.lock'), 'x'.repeat(5_000))
    writeFileSync(join(folder, 'host.lock.mending'), 'x'.repeat(5_000))
    expect(() => lockDataFolder(folder)).toThrow(/Delete .*host\.lock and .*host\.lock\.mending/)
  })
})

test('what a killed program said of itself and of the agents’ door goes with the next start, a folder in its place too', () => {
  writeFileSync(join(folder, 'intake.json'), '{"url":"http://127.0.0.1:1","pid":1}')
  mkdirSync(join(folder, 'host.json'))
  writeFileSync(join(folder, 'host.json', 'somebody’s'), 'kept')
  const lock = hold()
  expect(existsSync(join(folder, 'intake.json'))).toBe(false)
  expect(readFileSync(join(folder, 'host.json.aside-1', 'somebody’s'), 'utf8')).toBe('kept')
  lock.announce(me)
  expect(lock.notices).toEqual([expect.stringContaining('host.json')])
  lock.release()
})

describe('the folder', () => {
  test('that others may look into is closed to them, and that is said once', () => {
    chmodSync(folder, 0o755)
    const lock = hold()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(lock.notices).toEqual([expect.stringContaining('could be read by other users')])
    lock.release()
    expect(hold().notices).toEqual([])
  })

  test.each(['line\nbreak', 'tab\t', 'escape\u001b[31m', 'next\u0085line'])('with a control character in its path is refused in words: %j', (name) => {
    expect(() => lockDataFolder(join(folder, name))).toThrow(/control character.*--data/)
    expect(readdirSync(folder)).toEqual([])
  })

  test('that a file stands in the place of is refused with a remedy', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => lockDataFolder(join(folder, 'file'))).toThrow(/cannot be made.*--data/)
  })
})
