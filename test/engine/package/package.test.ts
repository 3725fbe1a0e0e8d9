import { spawn, spawnSync } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, Platform, Arch } from 'electron-builder'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { packageConfiguration } from '../../../build/package-configuration.ts'
import { listArchive, type PackedFile, problemsOf } from '../../../build/package-content.ts'
import { root } from '../../../build/sources.ts'
import { cannotLaunch, desktopRuntime, doubleFolder, launchDesktop } from '../../desktop-double/runtime.ts'
import { fuseSentinel, writeFakeRuntime } from '../../unit/build/fake-runtime.ts'
import { type Certificate, UpdateServer } from '../updates/update-server.ts'
import { selfSignedCertificate } from './certificate.ts'
import { appImageOf, asVersion } from './packed-program.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidemark-packaged-'))
const program = join(folder, 'out', 'linux-unpacked')
let said = ''
let files: PackedFile[] = []
let certificate: (Certificate & { path: string }) | null = null
let server: UpdateServer | null = null

/**
 * `npm run package -- --dir` as it is, with a stand-in for Electron's runtime, which cannot be had everywhere: started, it is the desktop double. Its
 * updates are to come from a server of this computer.
 */
beforeAll(async () => {
  certificate = selfSignedCertificate(folder)
  if (certificate !== null) server = await UpdateServer.start({ certificate })
  const script = `ELECTRON_DOUBLE_EXECUTABLE="$0" exec '${join(doubleFolder, 'electron')}' "$@"`
  writeFakeRuntime(join(folder, 'runtime'), '45.4.1', script)
  const key = server === null ? generateKeyPairSync('ed25519').privateKey : createPrivateKey(server.signingKey)
  writeFileSync(join(folder, 'key.pem'), key.export({ type: 'pkcs8', format: 'pem' }))
  const options = ['--dir', '--target', 'linux', '--electron', join(folder, 'runtime'), '--out', join(folder, 'out')]
  const updates = ['--update-url', server?.url ?? 'https://127.0.0.1:4430/desktop', '--signing-key', join(folder, 'key.pem')]
  const child = spawn(process.execPath, [join(root, 'build/package.ts'), ...options, ...updates], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`Packaging ended with ${code}:\n${said}`)
  files = listArchive(join(program, 'resources', 'app.asar'))
}, 180_000)
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

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
  const sum = (some: readonly PackedFile[]): number => some.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
  // The LanceDB binary alone is 162 MB; what is ours and can grow by mistake is the rest.
  expect(sum(files.filter(({ unpacked }) => !unpacked))).toBeLessThan(30e6)
  expect(sum(files) / sum(files.filter(({ path }) => path.endsWith('.node')))).toBeLessThanOrEqual(1.15)
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
  expect(archive.includes(`"url": "${server?.url ?? 'https://127.0.0.1:4430/desktop'}"`)).toBe(true)
  expect(archive.includes('PRIVATE KEY')).toBe(false)
})

/** Up to the moment at which electron-builder would download the tools that write the file. */
test('AppImage and deb can be made: what they need of package.json is there, and their entries in the menu start the program with its sandbox', async () => {
  const computed: unknown[] = []
  await build({
    projectDir: root,
    targets: Platform.LINUX.createTarget(['AppImage', 'deb'], Arch.x64),
    prepackaged: program,
    publish: 'never',
    effectiveOptionComputed: async (options: unknown) => {
      // Of a deb its arguments, and where its entry in the menu lies until this is over.
      computed.push(Array.isArray(options) ? [options[0], readFileSync(String(options[1]), 'utf8')] : options)
      return true
    },
    config: packageConfiguration({
      target: 'linux',
      electronVersion: '45.4.1',
      electronDist: join(folder, 'runtime'),
      outputFolder: join(folder, 'targets'),
      licencesFile: join(program, 'resources', 'LICENSES.dependencies.txt'),
      updates: null,
    }),
  })
  const appImage = computed.find((options): options is { desktop: string; desktopFileName: string } => !Array.isArray(options))
  expect(appImage?.desktop).toMatch(/^Exec=AppRun\s+%U$/m)
  expect(appImage?.desktopFileName).toBe('tidemark.desktop')
  const deb = computed.find((options): options is [string[], string] => Array.isArray(options))
  expect(deb?.[0].join(' ')).toContain('--url https://tidemark.example')
  expect(deb?.[0].join(' ')).toContain('--maintainer Tidemark <maintainers@tidemark.example>')
  const debEntry = deb?.[1] ?? ''
  expect(debEntry).toMatch(/^Exec=\/opt\/Tidemark\/tidemark %U$/m)
  // What the desktop knows the window by: Electron takes it from package.json.
  const { desktopName } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { desktopName: string }
  for (const entry of [appImage?.desktop ?? '', debEntry]) {
    expect(entry).toContain(`StartupWMClass=${desktopName.replace('.desktop', '')}\n`)
    expect(entry).not.toContain('--no-sandbox')
  }
}, 120_000)

describe('the packed program, started', () => {
  const reason = (): string | null =>
    desktopRuntime.kind === 'electron'
      ? 'the packed runtime is the stand-in’s'
      : (cannotLaunch() ?? (certificate === null ? 'there is no openssl to make a certificate with' : null))
  const dataDir = join(folder, 'data')
  const environment = (): Record<string, string | undefined> => ({
    NODE_EXTRA_CA_CERTS: certificate?.path,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_CONFIG_HOME: join(folder, 'config'),
  })
  const holder = (): { pid: number } => JSON.parse(readFileSync(join(dataDir, 'host.json'), 'utf8'))
  const log = (): string => readFileSync(join(dataDir, 'logs', 'desktop.log'), 'utf8')

  test('1.0.0 opens from its archive and unpacked binaries, and becomes 1.0.1: staged, tampered, broken, refused by its folder, then put in place and started', async ({
    skip,
  }) => {
    const why = reason()
    if (why !== null || server === null) return skip(why ?? 'there is no server')
    const updates = server
    const first = asVersion(program, join(folder, '1.0.0'), '1.0.0')
    const second = asVersion(program, join(folder, '1.0.1'), '1.0.1')
    const apps = join(folder, 'apps')
    mkdirSync(apps)
    const isMounted = process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', apps]).status === 0
    const remount = (how: 'ro' | 'rw'): void => void spawnSync('mount', ['-o', `remount,${how}`, apps])
    const appImage = join(apps, 'Tidemark-x86_64.AppImage')
    writeFileSync(appImage, appImageOf(first, '1.0.0'), { mode: 0o755 })
    const offered = appImageOf(second, '1.0.1')

    const app = await launchDesktop({ executablePath: appImage, args: [`--data=${dataDir}`], cwd: folder, env: environment() })
    try {
      const page = await app.firstWindow()
      await page.getByRole('navigation', { name: 'Main' }).waitFor({ timeout: 90_000 })
      expect(await app.evaluate(({ app: application }) => [application.isPackaged, application.getVersion()])).toEqual([true, '1.0.0'])
      type Status = { state: string; detail: string | null }
      const call = async <T = Status>(name: string, input: object = {}): Promise<T> => {
        const code = `window.tidemark.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`
        const answer = (await page.evaluate(code)) as { ok: boolean; value: T; error?: { code: string } }
        if (!answer.ok) throw new Error(`${name}: ${answer.error?.code}`)
        return answer.value
      }
      // LanceDB is loaded when the first write is moved there; SQLite was needed to come this far.
      await vi.waitFor(async () => expect(await call('workspaces.list')).not.toEqual([]), { timeout: 90_000, interval: 200 })
      const workspaces = await call<{ id: string }[]>('workspaces.list')
      const downloaded = async (): Promise<Status> => {
        await call('updates.download')
        await vi.waitFor(async () => expect((await call('updates.status')).state).not.toBe('downloading'), { timeout: 20_000, interval: 100 })
        return call('updates.status')
      }

      updates.publish({ version: '1.0.1', content: offered, stagingPercentage: 0 })
      expect(await call('updates.check')).toMatchObject({ state: 'current' })
      updates.publish({ version: '1.0.1', content: offered, program: Buffer.alloc(offered.byteLength, 7) })
      expect(await call('updates.check')).toMatchObject({ state: 'available' })
      expect(await downloaded()).toMatchObject({ state: 'failed', detail: expect.stringContaining('not the one that was announced') })
      updates.publish({ version: '1.0.1', content: offered })
      updates.faults = { breakDownload: { afterBytes: 40, times: 1 } }
      expect(await downloaded()).toMatchObject({ state: 'failed' })
      expect(await downloaded()).toMatchObject({ state: 'ready' })

      if (isMounted) {
        remount('ro')
        expect(await call('updates.install', { when: 'now' })).toMatchObject({ state: 'failed', detail: expect.stringContaining('cannot be written to where') })
        remount('rw')
        expect(readFileSync(appImage, 'utf8')).toContain('# 1.0.0')
        // The demo's are added one after the other, so there may be more by now.
        expect(await call('workspaces.list')).toEqual(expect.arrayContaining(workspaces.map(({ id }) => expect.objectContaining({ id }))))
        expect(await downloaded()).toMatchObject({ state: 'ready' })
      } else console.log('Not shown: an update in a folder that cannot be written. It takes a mount, which this user may not make.')

      const { pid: before } = holder()
      const ended = new Promise((resolve) => app.process().once('exit', resolve))
      await call('updates.install', { when: 'now' })
      expect(await ended).toBe(0)
      expect(readFileSync(appImage)).toEqual(offered)
      await vi.waitFor(() => expect(log()).toContain('Tidemark 1.0.1 starts'), { timeout: 60_000, interval: 100 })
      await vi.waitFor(() => expect(existsSync(join(dataDir, 'intake.json'))).toBe(true), { timeout: 90_000, interval: 100 })
      const { pid } = holder()
      expect(pid).not.toBe(before)
      process.kill(pid, 'SIGTERM')
      await vi.waitFor(() => expect(existsSync(join(dataDir, 'host.json'))).toBe(false), { timeout: 60_000, interval: 100 })
    } finally {
      await app.close().catch(() => {})
      // The second program is nobody's child: where something failed it may still run.
      if (existsSync(join(dataDir, 'host.json'))) process.kill(holder().pid, 'SIGKILL')
      if (isMounted) spawnSync('umount', ['-l', apps])
    }
  }, 400_000)
})
