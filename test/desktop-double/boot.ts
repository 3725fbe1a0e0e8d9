/**
 * Runs an unmodified Electron application on plain Node: takes Electron's command line, puts the stand-in in the place of the `electron` module,
 * and loads the application's entry. `bin/electron` starts it.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { release } from 'node:os'
import { createRequire, registerHooks } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import type { Manifest } from './application.ts'
import { layOut } from './archive.ts'
import { machine } from './machine.ts'

const [executable = 'electron', ...given] = process.argv.slice(2)
const { required, args } = readCommandLine(given)
/** Beside the executable of a packaged program; Electron looks there first. */
const packagedResources = join(dirname(resolve(executable)), 'resources')
const isPackaged = existsSync(join(packagedResources, 'app.asar'))
const { appPath, entry, manifest } = findApplication(
  isPackaged ? layOut(join(packagedResources, 'app.asar')) : (args.find((argument) => !argument.startsWith('-')) ?? '.'),
)

const double = pathToFileURL(join(import.meta.dirname, 'electron.ts')).href
registerHooks({
  resolve: (specifier, context, next) =>
    /^electron(\/(main|common))?$/.test(specifier) ? { url: double, format: 'module-typescript', shortCircuit: true } : next(specifier, context),
})
Object.assign(process, {
  type: 'browser',
  ...(isPackaged ? {} : { defaultApp: true }),
  resourcesPath: isPackaged ? packagedResources : join(appPath, 'resources'),
  getSystemVersion: release,
})
// A program of Windows with a window has no standard input (lib/common/init.ts).
if (!machine.standardInput) Object.defineProperty(process, 'stdin', { value: Readable.from([]) })
process.argv = [executable, ...args]

const { app } = await import('./application.ts')
const { watchDownloads } = await import('./downloads.ts')
const { watchPages } = await import('./page-session.ts')
const { defaultSession } = await import('./session.ts')
app.prepare(args, appPath, manifest, isPackaged)
// Playwright's loader comes by `-r` and holds `ready` back until Playwright has joined.
const require = createRequire(import.meta.url)
for (const path of required) require(path)
try {
  await import(pathToFileURL(entry).href)
} catch (error) {
  console.error('App threw an error during load\n', error)
  process.exit(1)
}
try {
  await app.initialise(async () => {
    await watchPages()
    await watchDownloads()
    await defaultSession.start()
    app.emit('session-created', defaultSession)
  })
} catch (error) {
  console.error('electron double:', error)
  process.exit(70)
}

function readCommandLine(words: readonly string[]): { required: string[]; args: string[] } {
  const read = { required: [] as string[], args: [] as string[] }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (word === '-r' || word === '--require') {
      index += 1
      read.required.push(resolve(words[index] ?? ''))
    } else read.args.push(word)
  }
  return read
}

function findApplication(named: string): { appPath: string; entry: string; manifest: Manifest } {
  const path = resolve(named)
  if (!existsSync(path) || !statSync(path).isDirectory()) return { appPath: resolve(path, '..'), entry: path, manifest: {} }
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest & { main?: string }
  return { appPath: path, entry: resolve(path, manifest.main ?? 'index.js'), manifest }
}
