import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSecretFile as openWith } from '../../../main/web/secret-file.ts'

let folder: string
let path: string
let second: string
let told: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-secrets-'))
  path = join(folder, 'secrets.json')
  second = join(folder, 'secrets.second.json')
  told = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const openSecretFile = (at: string) => openWith(at, (text) => told.push(text))
const entriesOf = (at: string): object => (JSON.parse(readFileSync(at, 'utf8')) as { entries: object }).entries

test('what is set is there in the next program, and gone when deleted', async () => {
  const store = openSecretFile(path)
  await store.set('master-key', 'one')
  await store.set('token/1', 'two')
  await store.set('master-key', 'three')
  expect(await openSecretFile(path).get('master-key')).toBe('three')
  await store.set('master-key', null)
  expect(await openSecretFile(path).get('master-key')).toBeNull()
  expect(await openSecretFile(path).get('token/1')).toBe('two')
})

test('many changes at once lose none', async () => {
  const store = openSecretFile(path)
  await Promise.all(Array.from({ length: 30 }, (_, index) => store.set(`token/${index}`, String(index))))
  for (const at of [path, second]) expect(Object.keys(entriesOf(at))).toHaveLength(30)
})

test('only its owner may read the files, and no other file is left', async () => {
  await openSecretFile(path).set('master-key', 'one')
  for (const at of [path, second]) expect(statSync(at).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder).sort()).toEqual(['secrets.json', 'secrets.second.json'])
})

test('a file that others could read is closed to them', async () => {
  writeFileSync(path, '{}')
  chmodSync(path, 0o644)
  await openSecretFile(path).get('master-key')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('the one file of an earlier version is read, and kept twice from then on, without a word', async () => {
  writeFileSync(path, '{"master-key":"one"}')
  expect(await openSecretFile(path).get('master-key')).toBe('one')
  rmSync(path)
  expect(await openSecretFile(path).get('master-key')).toBe('one')
  expect(told).toHaveLength(1)
})

describe('one of the two files', () => {
  const damages: [string, (at: string) => void][] = [
    ['deleted', (at) => rmSync(at)],
    ['emptied', (at) => truncateSync(at)],
    ['cut in half', (at) => truncateSync(at, Math.floor(statSync(at).size / 2))],
    ['with 4 KiB zeroed at its start', (at) => zero(at, 0)],
    ['with 4 KiB zeroed in its middle', (at) => zero(at, Math.floor(statSync(at).size / 2))],
    ['with another value than its checksum says', (at) => writeFileSync(at, readFileSync(at, 'utf8').replace('value 7', 'value 8'))],
    [
      'replaced by a folder',
      (at) => {
        rmSync(at)
        mkdirSync(at)
      },
    ],
  ]
  function zero(at: string, from: number): void {
    const bytes = readFileSync(at)
    writeFileSync(at, bytes.fill(0, from, from + 4096))
  }

  for (const which of ['first', 'second'] as const) {
    test.each(damages)(`${which}: %s: the other one serves, it is written anew, and the person is told once`, async (_name, damage) => {
      const store = openSecretFile(path)
      for (let index = 0; index < 20; index += 1) await store.set(`token/${index}`, `value ${index} ${'x'.repeat(500)}`)
      const before = readFileSync(path, 'utf8')
      damage(which === 'first' ? path : second)
      const again = openSecretFile(path)
      expect(await again.get('token/7')).toBe(`value 7 ${'x'.repeat(500)}`)
      expect(await again.get('token/19')).toMatch(/^value 19 /)
      expect(readFileSync(path, 'utf8')).toBe(before)
      expect(readFileSync(second, 'utf8')).toBe(before)
      expect(told).toEqual([expect.stringMatching(/secrets.*nothing was lost/)])
      expect(told.join()).not.toContain('xxx')
    })
  }

  test('is older, as a crash between the two writes leaves it: the newer one is right, whichever it is', async () => {
    const store = openSecretFile(path)
    await store.set('a', 'old')
    const older = readFileSync(path)
    await store.set('a', 'new')
    for (const at of [path, second]) {
      writeFileSync(at, older)
      expect(await openSecretFile(path).get('a')).toBe('new')
      expect(entriesOf(at)).toEqual({ a: 'new' })
    }
    expect(told).toEqual([])
  })
})

test.each(['', '{"master-key":', '[]', '{"master-key":7}', 'null', '{"counter":1,"sha256":"0","entries":{"master-key":"x"}}'])(
  'both damaged: nothing is read, quoted or overwritten, and the words name the remedy: %s',
  async (text) => {
    writeFileSync(path, text)
    writeFileSync(second, text)
    const store = openSecretFile(path)
    expect(await store.get('master-key')).toBeNull()
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(readFileSync(second, 'utf8')).toBe(text)
    expect(told).toEqual([expect.stringMatching(/only your key backup/)])
    // A token that is given now is kept, and the damaged files are too.
    await store.set('token/1', 'given at the start')
    expect(await openSecretFile(path).get('token/1')).toBe('given at the start')
    for (const at of [path, second]) expect(readFileSync(`${at}.damaged-1`, 'utf8')).toBe(text)
  },
)

test('a file that this user may not read is not taken for a damaged one', async () => {
  await openSecretFile(path).set('master-key', 'one')
  if (process.getuid?.() === 0) return console.log('skipped: the superuser may read everything')
  chmodSync(path, 0o000)
  expect(() => openSecretFile(path)).toThrow(/right to read/)
})

test('a name of Object is a key like any other', async () => {
  const store = openSecretFile(path)
  expect(await store.get('constructor')).toBeNull()
  expect(await store.get('__proto__')).toBeNull()
})

test('a folder that is not there is an error: nothing is kept in memory only', async () => {
  await expect(openSecretFile(join(folder, 'gone', 'secrets.json')).set('a', 'b')).rejects.toThrow()
})
