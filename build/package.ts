/**
 * `npm run package -- [--dir] [--target linux|mac|win] [--electron FOLDER] [--out FOLDER] [--update-url URL --signing-key FILE]`: the program as people
 * install it. `--dir` stops before the installers (they need tools that are downloaded); `--electron` takes a runtime that is already there.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Arch, build, Platform } from 'electron-builder'
import { buildIfNeeded } from './build-if-needed.ts'
import { lancePackageOf, packageConfiguration, type PackageTarget } from './package-configuration.ts'
import { listArchive, problemsOf } from './package-content.ts'
import { collectLicences } from './package-licences.ts'
import { publicKeyOf, readSigningKey, signManifests } from './package-signature.ts'
import { root } from './sources.ts'

const platforms = { linux: Platform.LINUX, mac: Platform.MAC, win: Platform.WINDOWS }
const architectures = { linux: Arch.x64, mac: Arch.arm64, win: Arch.x64 }

const { values } = parseArgs({
  options: {
    dir: { type: 'boolean', default: false },
    target: { type: 'string', default: process.platform === 'darwin' ? 'mac' : process.platform === 'win32' ? 'win' : 'linux' },
    electron: { type: 'string' },
    out: { type: 'string', default: join(root, 'out', 'package') },
    'update-url': { type: 'string' },
    'signing-key': { type: 'string' },
  },
})

try {
  await packageProgram()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function packageProgram(): Promise<void> {
  const target = targetOf(values.target)
  if (!isInstalled(lancePackageOf(target)))
    throw new Error(
      `${lancePackageOf(target)} is not installed here: package on that system, or run npm ci --os=${osOf(target)} --cpu=${Arch[architectures[target]]} first.`,
    )
  const updateUrl = values['update-url']
  const keyFile = values['signing-key']
  if ((updateUrl === undefined) !== (keyFile === undefined))
    throw new Error('--update-url and --signing-key belong together: what is not signed is never installed.')
  if (!buildIfNeeded()) throw new Error('The build failed; its words are above.')

  const outputFolder = resolve(values.out)
  mkdirSync(outputFolder, { recursive: true })
  const licencesFile = join(outputFolder, 'LICENSES.dependencies.txt')
  const licences = collectLicences(root)
  writeFileSync(licencesFile, licences.text)
  const key = keyFile === undefined ? null : readSigningKey(keyFile)
  const problems: string[] = []
  const config = packageConfiguration({
    target,
    electronVersion: versionOf('electron'),
    electronDist: values.electron === undefined ? null : resolve(values.electron),
    outputFolder,
    licencesFile,
    updates: updateUrl === undefined || key === null ? null : { url: updateUrl, publicKey: publicKeyOf(key) },
  })
  await build({
    projectDir: root,
    targets: platforms[target].createTarget(values.dir ? ['dir'] : undefined, architectures[target]),
    publish: 'never',
    config: {
      ...config,
      afterPack({ appOutDir, packager }) {
        const archive = join(packager.getResourcesDir(appOutDir), 'app.asar')
        const files = listArchive(archive)
        problems.push(...problemsOf(files, target))
        const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
        console.log(`${files.length} files, ${(sizeBytes / 1e6).toFixed(1)} MB, ${licences.names.length} licences in ${dirname(archive)}`)
        // Nothing is made into an installer that should not leave this computer.
        if (problems.length > 0) throw new Error(['The content of the package is not right:', ...problems].join('\n  '))
        return Promise.resolve()
      },
    },
  })
  if (key !== null) console.log(`Signed ${signManifests(outputFolder, key).join(', ') || 'nothing'}`)
}

function targetOf(text: string): PackageTarget {
  if (text === 'linux' || text === 'mac' || text === 'win') return text
  throw new Error(`--target takes linux, mac or win, not '${text}'`)
}

function osOf(target: PackageTarget): string {
  return { linux: 'linux', mac: 'darwin', win: 'win32' }[target]
}

function isInstalled(name: string): boolean {
  try {
    versionOf(name)
    return true
  } catch {
    return false
  }
}

function versionOf(name: string): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'))
  if (typeof version !== 'string') throw new Error(`${name} names no version`)
  return version
}
