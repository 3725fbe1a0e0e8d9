import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fetchElectron, type FetchElectronInput } from '../../../build/desktop-runtime/fetch-electron.ts'
import { root } from '../../../build/sources.ts'
import { storedZip } from './stored-zip.ts'

const version = '45.4.1'
const fileName = `electron-v${version}-${process.platform}-${process.arch}.zip`
const program = Buffer.concat([Buffer.from('#!/bin/sh\n'), randomBytes(400_000)])
const archive = storedZip({ electron: { content: program, mode: 0o100755 }, version: { content: Buffer.from(version), mode: 0o100644 } })

let folder: string
let server: Server
let answer: (response: ServerResponse) => void
let asked: string[]
let said: string[]

/** A folder as npm installs the electron package, with a checksum of an archive that a server in the place of GitHub hands out. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-fetch-'))
  asked = []
  said = []
  const packageFolder = join(folder, 'package')
  mkdirSync(packageFolder)
  // Its parts are found from where the package lies.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(packageFolder, 'package.json'), JSON.stringify({ name: 'electron', version }))
  announce(archive)
  answer = (response) => response.writeHead(200, { 'content-length': String(archive.byteLength) }).end(archive)
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('ELECTRON_MIRROR', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  vi.stubEnv('electron_config_cache', join(folder, 'cache'))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

function announce(content: Buffer): void {
  writeFileSync(join(folder, 'package', 'checksums.json'), JSON.stringify({ [fileName]: createHash('sha256').update(content).digest('hex') }))
}

const kept = (): string => join(folder, 'kept', `v${version}`)
const limits = { silentMs: 10_000, wholeMs: 20_000, againAfterMs: 60_000 }

function fetchIt(changes: Partial<FetchElectronInput> = {}): Promise<string | null> {
  return fetchElectron({
    packageFolder: join(folder, 'package'),
    keptFolder: kept(),
    say: (line) => said.push(line),
    evenAfterFailure: false,
    limits,
    ...changes,
  })
}

/** Nothing that looks like a runtime, and nothing half unpacked. */
function expectNothingKept(): void {
  expect(existsSync(kept())).toBe(false)
  expect(readdirSync(dirname(kept())).filter((name) => !name.endsWith('.failed'))).toEqual([])
}

test('whole: it is unpacked where npm does not delete it, with progress', async () => {
  expect(await fetchIt()).toBeNull()
  expect(readFileSync(join(kept(), 'electron'))).toEqual(program)
  expect(statSync(join(kept(), 'electron')).mode & 0o111).not.toBe(0)
  expect(readdirSync(join(folder, 'package')).sort()).toEqual(['checksums.json', 'package.json'])
  expect(asked).toEqual([`/v${version}/${fileName}`])
  expect(said[0]).toContain('--web')
  expect(said.some((line) => /^Downloading Electron: \d+ % of \d+ MB$/.test(line))).toBe(true)
  expect(said.at(-1)).toBe('Unpacking Electron …')
})

test('broken in the middle: nothing is left, and the next start but one does not wait for it again', async () => {
  answer = (response) => {
    response.writeHead(200, { 'content-length': String(archive.byteLength) })
    response.write(archive.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50))
  }
  expect(await fetchIt()).toContain('cannot be reached, or the line broke')
  expectNothingKept()

  const asksBefore = asked.length
  expect(await fetchIt()).toContain('a while ago')
  expect(asked).toHaveLength(asksBefore)
  answer = (response) => response.end(archive)
  // By name, or later, it is tried again.
  expect(await fetchIt({ now: () => Date.now() + limits.againAfterMs + 1 })).toBeNull()
  expect(await fetchIt({ evenAfterFailure: true })).toBeNull()
})

test('slow: it is given up when nothing comes', async () => {
  answer = (response) => {
    response.writeHead(200, { 'content-length': String(archive.byteLength) })
    response.write(archive.subarray(0, 1000))
  }
  expect(await fetchIt({ limits: { ...limits, silentMs: 1_500 } })).toBe('the download of the desktop’s runtime stopped: nothing came for 2 s')
  expectNothingKept()
})

test('endless: it is given up after its time', async () => {
  const drips: NodeJS.Timeout[] = []
  answer = (response) => {
    response.writeHead(200, { 'content-length': String(archive.byteLength) })
    drips.push(setInterval(() => response.write('x'), 100))
  }
  expect(await fetchIt({ limits: { ...limits, wholeMs: 2_000 } })).toContain('took longer than 2 s')
  for (const drip of drips) clearInterval(drip)
  expectNothingKept()
})

test('another content than the one that was announced is thrown away', async () => {
  announce(Buffer.from('something else'))
  expect(await fetchIt()).toContain('is not what the electron package announces')
  expectNothingKept()
})

test('refused: the server’s word is told', async () => {
  answer = (response) => response.writeHead(404).end()
  expect(await fetchIt()).toMatch(/its server refused it \(Response code 404/)
  expectNothingKept()
})

test('no network', async () => {
  vi.stubEnv('ELECTRON_MIRROR', 'http://127.0.0.1:9/')
  expect(await fetchIt()).toContain('cannot be reached')
  expectNothingKept()
})
