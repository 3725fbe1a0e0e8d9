import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSecretFile } from '../../../main/web/secret-file.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-secrets-'))
  path = join(folder, 'secrets.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

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
  expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')))).toHaveLength(30)
})

test('only its owner may read the file, and no other file is left', async () => {
  await openSecretFile(path).set('master-key', 'one')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['secrets.json'])
})

test('a file that others could read is closed to them', async () => {
  writeFileSync(path, '{}')
  chmodSync(path, 0o644)
  await openSecretFile(path).get('master-key')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test.each(['', '{"master-key":', '[]', '{"master-key":7}', 'null'])('a damaged file is neither read nor overwritten, and not quoted: %s', async (text) => {
  writeFileSync(path, text)
  const store = openSecretFile(path)
  await expect(store.get('master-key')).rejects.toThrow(/damaged/)
  await expect(store.set('master-key', 'new')).rejects.toThrow(/damaged/)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test('a name of Object is a key like any other', async () => {
  const store = openSecretFile(path)
  expect(await store.get('constructor')).toBeNull()
  expect(await store.get('__proto__')).toBeNull()
})

test('a folder that is not there is an error: nothing is kept in memory only', async () => {
  await expect(openSecretFile(join(folder, 'gone', 'secrets.json')).set('a', 'b')).rejects.toThrow()
})
