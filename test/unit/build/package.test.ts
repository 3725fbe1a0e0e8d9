import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, describe, expect, test } from 'vitest'
import { icnsOf, icoOf } from '../../../build/icon-files.ts'
import { packageConfiguration, type PackageInput } from '../../../build/package-configuration.ts'
import { type PackedFile, problemsOf } from '../../../build/package-content.ts'
import { collectLicences } from '../../../build/package-licences.ts'
import { publicKeyOf, readSigningKey, signManifests } from '../../../build/package-signature.ts'
import { root } from '../../../build/sources.ts'
import { verifySignature } from '../../../main/desktop/updates/signed-manifest.ts'
import { readUpdateSource } from '../../../main/desktop/updates/update-source.ts'

const folders: string[] = []
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'tidemark-package-'))
  folders.push(made)
  return made
}
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true })
})

const input: PackageInput = {
  target: 'linux',
  electronVersion: '45.4.1',
  electronDist: null,
  outputFolder: '/tmp/out',
  licencesFile: '/tmp/out/LICENSES.dependencies.txt',
  updates: { url: 'https://updates.tidemark.example/desktop', publicKey: 'AAAA' },
}

describe('the configuration', () => {
  const schema: object = JSON.parse(readFileSync(join(root, 'node_modules/app-builder-lib/scheme.json'), 'utf8'))
  const isValid = new Ajv({ strict: false, validateFormats: false }).compile(schema)

  test.each(['linux', 'mac', 'win'] as const)('for %s keeps to the schema of electron-builder', (target) => {
    expect(isValid(packageConfiguration({ ...input, target })), JSON.stringify(isValid.errors)).toBe(true)
    expect(isValid(packageConfiguration({ ...input, target, updates: null, electronDist: '/opt/electron' })), JSON.stringify(isValid.errors)).toBe(true)
  })
  test('would not keep to it with a word that electron-builder does not know', () => {
    expect(isValid({ ...packageConfiguration(input), asarUnpacked: [] })).toBe(false)
  })
  test('turns off the fuses that would let anybody run the program as something else', () => {
    expect(packageConfiguration(input).electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    })
  })
  test('writes the source of updates into the program, or nothing', () => {
    expect(packageConfiguration(input).extraMetadata).toEqual({ updates: input.updates })
    expect(packageConfiguration({ ...input, updates: null }).extraMetadata).toEqual({})
    expect(packageConfiguration({ ...input, updates: null }).publish).toBeNull()
  })
})

describe('the content of a package', () => {
  const file = (path: string, unpacked = false): PackedFile => ({ path, sizeBytes: 1, unpacked })
  const good = [
    'package.json',
    'out/main/index.js',
    'out/main/sandbox.js',
    'out/main/answer-thread.js',
    'out/preload/index.cjs',
    'out/renderer/index.html',
    'node_modules/better-sqlite3/lib/linux-arm64.js',
  ].map((path) => file(path))
  const binaries = [
    file('node_modules/better-sqlite3/prebuilds/linux-x64.node', true),
    file('node_modules/@lancedb/lancedb-linux-x64-gnu/lancedb.linux-x64-gnu.node', true),
  ]

  test('is right', () => {
    expect(problemsOf([...good, ...binaries], 'linux')).toEqual([])
  })
  test.each([
    ['node_modules/better-sqlite3/prebuilds/darwin-arm64.node', 'is for another system'],
    ['node_modules/better-sqlite3/prebuilds/linuxmusl-x64.node', 'is for another system'],
    ['out/main/index.js.map', 'is a source map'],
    ['node_modules/x/test/a.js', 'is a test'],
    ['out/renderer/a.spec.js', 'is a test'],
    ['main/engine/engine.ts', 'is source code'],
    ['.npmrc', 'may be a secret'],
    ['signing.pem', 'may be a secret'],
  ])('is refused with %s', (path, problem) => {
    expect(problemsOf([...good, ...binaries, file(path, true)], 'linux')).toEqual([`${path} ${problem}`])
  })
  test('is refused without what it needs, on the system that it is for', () => {
    expect(problemsOf(good, 'linux')).toEqual(['node_modules/better-sqlite3/prebuilds/linux-x64.node is missing', '@lancedb/lancedb-linux-x64-gnu is missing'])
    expect(problemsOf(binaries, 'linux')).toContain('out/preload/index.cjs is missing')
    expect(problemsOf([...good, ...binaries], 'mac')).toContain('@lancedb/lancedb-darwin-arm64 is missing')
  })
  test('is refused when a binary lies in the archive, where no system loads it', () => {
    const packed = binaries.map(({ path }) => file(path))
    expect(problemsOf([...good, ...packed], 'linux')).toEqual(packed.map(({ path }) => `${path} cannot be loaded out of the archive`))
  })
})

describe('the signature', () => {
  test('is one that the program believes; what is no manifest is not signed', () => {
    const out = folder()
    const { privateKey } = generateKeyPairSync('ed25519')
    writeFileSync(join(out, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(join(out, 'latest-linux.yml'), 'version: 1.0.1\n')
    writeFileSync(join(out, 'beta.yml'), 'version: 1.1.0-beta.1\n')
    writeFileSync(join(out, 'builder-debug.yml'), 'x')
    const key = readSigningKey(join(out, 'key.pem'))
    expect(signManifests(out, key).sort()).toEqual(['beta.yml', 'latest-linux.yml'])
    const signature = readFileSync(join(out, 'latest-linux.yml.sig'), 'utf8')
    expect(() => verifySignature('version: 1.0.1\n', signature, publicKeyOf(key))).not.toThrow()
    expect(() => verifySignature('version: 1.0.2\n', signature, publicKeyOf(key))).toThrow('not signed by the makers')
    const publicKey = createPublicKey({ key: Buffer.from(publicKeyOf(key), 'base64'), format: 'der', type: 'spki' })
    expect(verify(null, Buffer.from('version: 1.0.1\n'), publicKey, Buffer.from(signature, 'base64'))).toBe(true)
  })
  test('is made with no other kind of key', () => {
    const out = folder()
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeFileSync(join(out, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    expect(() => readSigningKey(join(out, 'key.pem'))).toThrow('no Ed25519 key')
  })
})

describe('the source of updates that a program carries', () => {
  const read = (manifest: unknown) => {
    const app = folder()
    writeFileSync(join(app, 'package.json'), JSON.stringify(manifest))
    return readUpdateSource(app)
  }
  test('is read as it was written', () => {
    const updates = { url: 'https://updates.tidemark.example/desktop', publicKey: 'AAAA' }
    expect(read({ name: 'tidemark', updates })).toEqual(updates)
  })
  test.each([
    [{ name: 'tidemark' }],
    [{ updates: { url: 'http://updates.tidemark.example', publicKey: 'AAAA' } }],
    [{ updates: { url: 'file:///tmp', publicKey: 'AAAA' } }],
    [{ updates: { url: 'https://updates.tidemark.example' } }],
    [{ updates: { url: 'https://updates.tidemark.example', publicKey: '' } }],
  ])('is none when it is not whole, or not encrypted: %j', (manifest) => {
    expect(read(manifest)).toBeNull()
  })
})

describe('icons', () => {
  test('were drawn from the picture as it is now (npm run icons draws them again)', () => {
    const svg = readFileSync(join(root, 'renderer/icon.svg'), 'utf8')
    expect(readFileSync(join(root, 'build/icons/drawn-from'), 'utf8').trim()).toBe(createHash('sha256').update(svg).digest('hex'))
  })
  test('are in the containers that Windows and macOS read', () => {
    const drawn = new Map([16, 256, 512, 1024].map((size) => [size, Buffer.from(`picture of ${size}`)]))
    const ico = icoOf(drawn)
    expect([ico.readUInt16LE(2), ico.readUInt16LE(4), ico[6], ico[22]]).toEqual([1, 2, 16, 0])
    expect(ico.subarray(ico.readUInt32LE(34), ico.readUInt32LE(34) + ico.readUInt32LE(30)).toString()).toBe('picture of 256')
    const icns = icnsOf(drawn)
    expect(icns.subarray(0, 4).toString()).toBe('icns')
    expect(icns.readUInt32BE(4)).toBe(icns.byteLength)
    expect(icns.includes('ic10')).toBe(true)
  })
})

test('the licences of everything inside are gathered, of bundled packages too', () => {
  const { names, text } = collectLicences(root)
  for (const name of ['react', '@mantine/core', 'zod', 'better-sqlite3', '@lancedb/lancedb', 'apache-arrow', 'electron-updater', 'hono'])
    expect(names).toContain(name)
  for (const name of ['vitest', 'electron-builder', 'typescript', 'electron']) expect(names).not.toContain(name)
  expect(text).toContain('MIT')
})
