import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppImageUpdater } from 'electron-updater'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EgressNote } from '../../../main/bridge/messages.ts'
import { installAppImage } from '../../../main/desktop/updates/install-app-image.ts'
import { noteRequestsOf } from '../../../main/desktop/updates/noted-executor.ts'
import { aimAtSource } from '../../../main/desktop/updates/signed-source.ts'
import { createUpdates, type Updates } from '../../../main/desktop/updates/updates.ts'
import { updateStatus, type UpdateStatus } from '../../../shared/contract/console/desktop.ts'
import { NodeExecutor } from './node-executor.ts'
import { UpdateServer } from './update-server.ts'

/** A computer with version 1.0.0 as an AppImage, and the real updater with a stand-in for Electron's application. */
class Computer {
  readonly folder = mkdtempSync(join(tmpdir(), 'tidemark-update-'))
  program = join(this.folder, 'Tidemark.AppImage')
  readonly notes: (EgressNote & { status?: number | null })[] = []
  readonly seen: UpdateStatus[] = []
  readonly order: string[] = []
  readonly settings = { updateChannel: 'latest' as 'latest' | 'beta', updateAutomatically: false }
  readonly updates: Updates
  logIsBroken = false
  onQuit: (exitCode: number) => void = () => {}

  constructor(server: UpdateServer, { version = '1.0.0', stagingUserId = '' } = {}) {
    const { url, publicKey } = server
    // What an AppImage is started with to put itself in place: a program that can run.
    writeFileSync(this.program, '#!/bin/sh\n', { mode: 0o755 })
    vi.stubEnv('APPIMAGE', this.program)
    writeFileSync(join(this.folder, 'app-update.yml'), 'updaterCacheDirName: tidemark-updater\n')
    if (stagingUserId !== '') writeFileSync(join(this.folder, '.updaterId'), stagingUserId)
    mkdirSync(join(this.folder, 'cache'))
    this.updates = createUpdates({
      version,
      unavailable: null,
      settings: { get: () => this.settings, set: (changes) => Object.assign(this.settings, changes) },
      loadUpdater: async () => {
        this.order.push('load')
        const updater = new AppImageUpdater(null, {
          version,
          name: 'tidemark',
          isPackaged: true,
          appUpdateConfigPath: join(this.folder, 'app-update.yml'),
          userDataPath: this.folder,
          baseCachePath: join(this.folder, 'cache'),
          whenReady: () => Promise.resolve(),
          relaunch: () => this.order.push('relaunch'),
          quit: () => this.order.push('quit'),
          onQuit: (handler: (exitCode: number) => void) => {
            this.onQuit = handler
          },
        })
        // As BaseUpdater does it, but for the quit, which speaks to Electron itself.
        updater.quitAndInstall = (isSilent = false, isForceRunAfter = false) => {
          if (updater.install(isSilent, isSilent ? isForceRunAfter : updater.autoRunAppAfterInstall)) this.order.push('quit')
          else Object.assign(updater, { quitAndInstallCalled: false })
        }
        const executor = noteRequestsOf(new NodeExecutor(), {
          noteRequest: async (note) => {
            if (this.logIsBroken) throw new Error('The log of what leaves cannot be written.')
            // Only when this has resolved may the request be sent.
            expect(server.requests.length).toBe(this.notes.length)
            return this.notes.push(note) - 1
          },
          noteAnswer: (row, status) => Object.assign(this.notes[row] ?? {}, { status }),
        })
        return aimAtSource(updater, executor, { url, publicKey })
      },
      installAtQuit: (updater) => {
        updater.autoInstallOnAppQuit = true
      },
      installNow: async (updater) => installAppImage(updater as AppImageUpdater, this.program, (program) => void this.order.push(`start ${program}`)),
      changed: (status) => this.seen.push(updateStatus.parse(status)),
      report: () => {},
      now: () => 1_000,
    })
  }

  async downloaded(): Promise<UpdateStatus> {
    await this.updates.download()
    await vi.waitFor(() => expect(this.updates.status().state).not.toBe('downloading'), { timeout: 20_000 })
    return this.updates.status()
  }

  /** What waits to be installed. */
  pending(): string[] {
    return readdirSync(join(this.folder, 'cache'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.AppImage'))
  }
}

let server: UpdateServer
const computers: Computer[] = []
beforeEach(async () => {
  server = await UpdateServer.start()
})
afterEach(async () => {
  await server.stop()
  for (const { folder, updates } of computers.splice(0)) {
    updates.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  vi.unstubAllEnvs()
})
function computer(options: ConstructorParameters<typeof Computer>[1] = {}): Computer {
  const made = new Computer(server, options)
  computers.push(made)
  return made
}

describe('a newer version', () => {
  test('is offered with its notes; nothing is downloaded before a person says so', async () => {
    server.publish({ version: '1.0.1', releaseNotes: 'Costs by service.' })
    const { updates, order } = computer()
    expect(order).toEqual([])
    expect(await updates.check()).toMatchObject({
      state: 'available',
      checkedAt: 1_000,
      offered: { version: '1.0.1', notes: 'Costs by service.', releasedAt: Date.parse('2026-11-20T10:00:00Z'), sizeBytes: 200_000 },
    })
    expect(server.requests).toHaveLength(2)
  })

  test('is downloaded, verified, and takes over at the next quit', async () => {
    const announced = server.publish({ version: '1.0.1' })
    const here = computer()
    await here.updates.check()
    expect(await here.downloaded()).toMatchObject({ state: 'ready', install: null })
    expect(here.seen.some(({ state, percent }) => state === 'downloading' && percent !== null)).toBe(true)
    const [pending = ''] = here.pending()
    expect(readFileSync(join(here.folder, 'cache', pending))).toEqual(announced)

    here.onQuit(0)
    expect(readFileSync(here.program, 'utf8')).toBe('#!/bin/sh\n')
    expect(await here.updates.install('next_quit')).toMatchObject({ install: 'next_quit' })
    expect(here.order).not.toContain('stopped')
    // The program on offer is not one that runs, so what comes after the move fails; the file is in place.
    here.onQuit(0)
    expect(readFileSync(here.program)).toEqual(announced)
  })

  test('of a channel that was left does not take over at the next quit', async () => {
    server.publish({ version: '1.0.1' })
    const here = computer()
    await here.updates.check()
    await here.downloaded()
    await here.updates.install('next_quit')
    expect(here.updates.setChannel('beta')).toMatchObject({ state: 'idle', install: null })
    await Promise.resolve()
    here.onQuit(0)
    expect(readFileSync(here.program, 'utf8')).toBe('#!/bin/sh\n')
  })

  test('now: it is put in place, then this program ends, and the new one is to start after it', async () => {
    const announced = server.publish({ version: '1.0.1', runs: true })
    const here = computer()
    await here.updates.check()
    await here.downloaded()
    expect(await here.updates.install('now')).toMatchObject({ state: 'ready', install: 'now' })
    expect(here.order).toEqual(['load', 'quit', `start ${here.program}`])
    expect(readFileSync(here.program)).toEqual(announced)
    expect(readdirSync(here.folder).filter((name) => name.includes('.before-update'))).toEqual([])
  })

  test('that cannot be put in place leaves the old one as it was and running, and says so; downloaded again it works', async () => {
    const announced = server.publish({ version: '1.0.1', runs: true })
    const here = computer()
    await here.updates.check()
    await here.downloaded()
    const [pending = ''] = here.pending()
    rmSync(join(here.folder, 'cache', pending))
    expect(await here.updates.install('now')).toMatchObject({ state: 'failed', install: null, detail: expect.stringContaining('could not be put in place') })
    // electron-updater deletes the old program before it moves the new one.
    expect(readFileSync(here.program, 'utf8')).toBe('#!/bin/sh\n')
    expect(here.order).toEqual(['load'])
    expect(await here.downloaded()).toMatchObject({ state: 'ready' })
    expect(await here.updates.install('now')).toMatchObject({ install: 'now' })
    expect(readFileSync(here.program)).toEqual(announced)
  })

  test('for a program in a folder where nothing may be written is refused in words; nothing ends', async () => {
    server.publish({ version: '1.0.1', runs: true })
    const here = computer()
    await here.updates.check()
    await here.downloaded()
    // No user may write there, not even root.
    vi.stubEnv('APPIMAGE', '/proc/version')
    here.program = '/proc/version'
    expect(await here.updates.install('now')).toMatchObject({ state: 'failed', install: null })
    expect(here.updates.status().detail).toMatch(/Nothing was changed|This one goes on/)
    expect(here.order).toEqual(['load'])
  })

  test('is not asked for twice at once', async () => {
    server.publish({ version: '1.0.1' })
    const { updates } = computer()
    const [first, second] = await Promise.all([updates.check(), updates.check()])
    expect([first.state, second.state]).toEqual(['available', 'checking'])
    expect(server.requests).toHaveLength(2)
  })
})

test('the same version is not offered', async () => {
  server.publish({ version: '1.0.0' })
  expect(await computer().updates.check()).toMatchObject({ state: 'current', offered: null })
})

test('an older version is not offered, also after the channel was changed', async () => {
  server.publish({ version: '0.9.0' })
  server.publish({ version: '1.0.0-beta.1', channel: 'beta' })
  const { updates, settings } = computer()
  expect(await updates.check()).toMatchObject({ state: 'current', offered: null })
  expect(updates.setChannel('beta')).toMatchObject({ channel: 'beta', state: 'idle' })
  expect(settings.updateChannel).toBe('beta')
  expect(await updates.check()).toMatchObject({ state: 'current', offered: null })
})

test('the beta channel has its own versions', async () => {
  server.publish({ version: '1.0.0' })
  server.publish({ version: '1.1.0-beta.2', channel: 'beta' })
  const { updates } = computer()
  updates.setChannel('beta')
  expect(await updates.check()).toMatchObject({ state: 'available', offered: { version: '1.1.0-beta.2' } })
})

describe('what is not what was signed', () => {
  test('a file that was changed is deleted and not installed', async () => {
    server.publish({ version: '1.0.1', program: Buffer.alloc(200_000, 7) })
    const here = computer()
    await here.updates.check()
    expect(await here.downloaded()).toMatchObject({ state: 'failed', detail: expect.stringContaining('not the one that was announced') })
    expect(here.pending()).toEqual([])
    expect(await here.updates.install('now')).toMatchObject({ state: 'failed', install: null })
    expect(here.order).toEqual(['load'])
  })

  test.each([
    ['another version', (text: string) => text.replace('version: 1.0.1', 'version: 9.0.0')],
    ['another hash', (text: string) => text.replace(/sha512: ..../, 'sha512: AAAA')],
    ['one byte more', (text: string) => `${text}\n`],
    ['nothing', () => ''],
  ])('a manifest with %s is refused', async (_what, tamper) => {
    server.publish({ version: '1.0.1', tamper })
    expect(await computer().updates.check()).toMatchObject({ state: 'failed', offered: null, detail: expect.stringContaining('not signed by the makers') })
  })

  test('a manifest signed by somebody else is refused', async () => {
    server.publish({ version: '1.0.1', signWith: generateKeyPairSync('ed25519').privateKey })
    expect(await computer().updates.check()).toMatchObject({ state: 'failed', detail: expect.stringContaining('not signed by the makers') })
  })

  test('after a refusal the right one is taken', async () => {
    server.publish({ version: '1.0.1', tamper: (text) => `${text}#` })
    const { updates } = computer()
    await updates.check()
    server.publish({ version: '1.0.1' })
    expect(await updates.check()).toMatchObject({ state: 'available', detail: null })
  })
})

test('a broken download is started again and verified', async () => {
  const announced = server.publish({ version: '1.0.1' })
  server.faults = { breakDownload: { afterBytes: 60_000, times: 1 } }
  const here = computer()
  await here.updates.check()
  expect(await here.downloaded()).toMatchObject({ state: 'failed', offered: { version: '1.0.1' } })
  expect(here.pending()).toEqual([])
  expect(await here.downloaded()).toMatchObject({ state: 'ready' })
  const [pending = ''] = here.pending()
  expect(readFileSync(join(here.folder, 'cache', pending))).toEqual(announced)
})

describe('a staged roll-out', () => {
  /** The last four bytes are the place in the roll-out: here the middle. */
  const middle = '0198c0de-0000-5000-8000-000080000000'
  test.each([
    [1, 'current'],
    [49, 'current'],
    [51, 'available'],
    [90, 'available'],
  ])('of %i of a hundred computers: %s', async (stagingPercentage, state) => {
    server.publish({ version: '1.0.1', stagingPercentage })
    expect(await computer({ stagingUserId: middle }).updates.check()).toMatchObject({ state })
  })
  test('is decided on this computer: its place does not leave it', async () => {
    server.publish({ version: '1.0.1', stagingPercentage: 90 })
    await computer({ stagingUserId: middle }).updates.check()
    expect(JSON.stringify(server.headers)).not.toContain(middle)
  })
})

test('without a network it says so, and everything else goes on', async () => {
  const { updates } = computer()
  await server.stop()
  const status = await updates.check()
  server = await UpdateServer.start()
  expect(status).toMatchObject({ state: 'failed', detail: expect.stringContaining('cannot be reached'), offered: null })
}, 30_000)

describe('what leaves', () => {
  test('stands in the log, each request before it is sent, with its answer', async () => {
    server.publish({ version: '1.0.1' })
    const here = computer()
    await here.updates.check()
    await here.downloaded()
    expect(here.notes.map(({ path, purpose, status }) => [path.replace(/-arm64|-x64/, ''), purpose, status])).toEqual([
      ['/desktop/latest-linux.yml', 'Look for a newer version', 200],
      ['/desktop/latest-linux.yml.sig', 'Look for a newer version', 200],
      ['/desktop/Tidemark-x86_64.AppImage', 'Download a newer version', 200],
    ])
    expect(here.notes.every(({ host }) => host === new URL(server.url).host)).toBe(true)
    expect(server.requests).toHaveLength(3)
  })
  test('is nothing when the log cannot be written', async () => {
    server.publish({ version: '1.0.1' })
    const here = computer()
    here.logIsBroken = true
    expect(await here.updates.check()).toMatchObject({ state: 'failed' })
    expect(server.requests).toEqual([])
  })
  test('goes nowhere else, whatever the server says', async () => {
    const other = await UpdateServer.start()
    try {
      server.publish({ version: '1.0.1' })
      other.publish({ version: '1.0.1' })
      server.faults = { redirectTo: `${other.url}/Tidemark-x86_64.AppImage` }
      const here = computer()
      await here.updates.check()
      expect(await here.downloaded()).toMatchObject({ state: 'failed' })
      expect(other.requests).toEqual([])
    } finally {
      await other.stop()
    }
  })
  test('is a missing channel said in words', async () => {
    expect(await computer().updates.check()).toMatchObject({ state: 'failed', detail: expect.stringContaining('no list of versions') })
  })
})

test('looks by itself only where a person lets it', async () => {
  server.publish({ version: '1.0.1' })
  const settings = { updateChannel: 'latest' as const, updateAutomatically: false }
  let asked = 0
  const updates = createUpdates({
    version: '1.0.0',
    unavailable: null,
    settings: { get: () => settings, set: () => {} },
    loadUpdater: () => {
      asked += 1
      return Promise.reject(new Error('not here'))
    },
    installAtQuit: () => {},
    installNow: async () => {},
    changed: () => {},
    report: () => {},
    now: () => 0,
    rhythm: { firstMs: 5, eachMs: 5 },
  })
  updates.start()
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(asked).toBe(0)
  updates.setAutomatic(true)
  await vi.waitFor(() => expect(asked).toBeGreaterThan(1))
  updates.stop()
})

test('a program that cannot update itself says why and asks nobody', async () => {
  const updates = createUpdates({
    version: '1.0.0',
    unavailable: 'It runs from its source code.',
    settings: { get: () => ({ updateChannel: 'latest', updateAutomatically: true }), set: () => {} },
    loadUpdater: () => Promise.reject(new Error('it was loaded')),
    installAtQuit: () => {},
    installNow: async () => {},
    changed: () => {},
    report: () => {},
    now: () => 0,
  })
  updates.start()
  expect(await updates.check()).toMatchObject({ state: 'unavailable', detail: 'It runs from its source code.' })
  expect(await updates.download()).toMatchObject({ state: 'unavailable' })
  expect(await updates.install('now')).toMatchObject({ state: 'unavailable', install: null })
})
