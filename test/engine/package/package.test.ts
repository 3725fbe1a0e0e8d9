import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listArchive, type PackedFile, problemsOf } from '../../../build/package-content.ts'
import { root } from '../../../build/sources.ts'
import { fuseSentinel, writeFakeRuntime } from '../../unit/build/fake-runtime.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidemark-packaged-'))
const program = join(folder, 'out', 'linux-unpacked')
let said = ''
let files: PackedFile[] = []

/** `npm run package -- --dir` as it is, with a stand-in for Electron's runtime, which cannot be had everywhere. */
beforeAll(async () => {
  writeFakeRuntime(join(folder, 'runtime'), '45.4.1')
  writeFileSync(join(folder, 'key.pem'), generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const options = ['--dir', '--target', 'linux', '--electron', join(folder, 'runtime'), '--out', join(folder, 'out')]
  const updates = ['--update-url', 'https://updates.tidemark.example/desktop', '--signing-key', join(folder, 'key.pem')]
  const child = spawn(process.execPath, [join(root, 'build/package.ts'), ...options, ...updates], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`Packaging ended with ${code}:\n${said}`)
  files = listArchive(join(program, 'resources', 'app.asar'))
}, 180_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the archive holds the product for this system and nothing else', () => {
  expect(problemsOf(files, 'linux')).toEqual([])
  expect(files.filter(({ path }) => !/^(package\.json|out\/(main|preload|renderer)\/|node_modules\/)/.test(path))).toEqual([])
})

test('LanceDB and SQLite lie beside the archive', () => {
  const unpacked = join(program, 'resources', 'app.asar.unpacked', 'node_modules')
  expect(statSync(join(unpacked, '@lancedb/lancedb-linux-x64-gnu/lancedb.linux-x64-gnu.node')).size).toBeGreaterThan(1e6)
  expect(statSync(join(unpacked, 'better-sqlite3/prebuilds/linux-x64.node')).size).toBeGreaterThan(1e5)
})

test('its size is said and stays within bounds', () => {
  expect(said).toMatch(/\d+ files, \d+\.\d MB, \d+ licences/)
  const packed = files.filter(({ unpacked }) => !unpacked).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  // The LanceDB binary alone is 162 MB; what is ours and can grow by mistake is the rest.
  expect(packed).toBeLessThan(30e6)
})

test('the fuses are flipped: no Node, no debugger, nothing but the sealed archive', () => {
  const binary = readFileSync(join(program, 'tidemark'))
  const wire = binary.indexOf(fuseSentinel) + fuseSentinel.length + 2
  // In Electron's order: run as Node, encrypt cookies, NODE_OPTIONS, inspect, check the archive, load from it only, snapshot, file privileges.
  expect(binary.subarray(wire, wire + 8).toString('latin1')).toBe('01001100')
})

test('the licences lie beside it, Electron’s too', () => {
  expect(readFileSync(join(program, 'resources', 'LICENSES.dependencies.txt'), 'utf8')).toContain('better-sqlite3')
  expect(statSync(join(program, 'LICENSES.chromium.html')).isFile()).toBe(true)
})

test('the program carries the source of its updates inside the archive', () => {
  const archive = readFileSync(join(program, 'resources', 'app.asar'))
  expect(archive.includes('"url": "https://updates.tidemark.example/desktop"')).toBe(true)
  expect(archive.includes('PRIVATE KEY')).toBe(false)
})
