/**
 * `node download.process.ts PACKAGE-FOLDER KEPT-FOLDER`: what the `install.js` of the electron package does (fetch the archive of this version and
 * system, hold it against the checksum that came with the package, unpack it), with progress, and into a folder that `npm ci` does not delete.
 * A process of its own: it can be stopped in the middle, and a start that needs no download does not load any of this.
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

export type DownloadMessage =
  | { kind: 'progress'; receivedBytes: number; totalBytes: number | null }
  | { kind: 'unpacking' }
  /** `what`: the kind of failure, as far as it can be told. */
  | { kind: 'failed'; what: 'unreachable' | 'refused' | 'wrong-content' | 'disk' | 'other'; detail: string }

/** The parts of `@electron/get` and of its unpacker that are used: those that the electron package itself brings along. */
type Get = {
  downloadArtifact(details: {
    version: string
    artifactName: 'electron'
    platform: string
    arch: string
    checksums: Record<string, string>
    cacheRoot?: string
    downloadOptions: { quiet: true; getProgressCallback(progress: { transferred: number; total: number | null }): Promise<void> }
  }): Promise<string>
}
type Unpacker = { extract(archive: string, options: { dir: string }): Promise<void> }

const [packageFolder = '', keptFolder = ''] = process.argv.slice(2)
const say = (message: DownloadMessage): void => void process.send?.(message)
// Whoever asked has gone, or does not want it any more.
process.on('disconnect', () => process.exit(1))

const partsFolder = dirname(keptFolder)
mkdirSync(partsFolder, { recursive: true, mode: 0o700 })
const unpacked = mkdtempSync(join(partsFolder, `.unpacking-${process.ppid}-`))
process.on('exit', () => rmSync(unpacked, { recursive: true, force: true }))
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

try {
  const require = createRequire(join(packageFolder, 'install.js'))
  const { version }: { version: string } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  const checksums: Record<string, string> = JSON.parse(readFileSync(join(packageFolder, 'checksums.json'), 'utf8'))
  const { downloadArtifact }: Get = await import(pathToFileURL(require.resolve('@electron/get')).href)
  const { extract }: Unpacker = require('@electron-internal/extract-zip')
  const cacheRoot = process.env.electron_config_cache
  const archive = await downloadArtifact({
    version,
    artifactName: 'electron',
    platform: process.platform,
    arch: process.arch,
    checksums,
    ...(cacheRoot === undefined ? {} : { cacheRoot }),
    downloadOptions: {
      quiet: true,
      async getProgressCallback({ transferred, total }) {
        say({ kind: 'progress', receivedBytes: transferred, totalBytes: total })
      },
    },
  })
  say({ kind: 'unpacking' })
  await extract(archive, { dir: unpacked })
  // Whole or not there at all.
  rmSync(keptFolder, { recursive: true, force: true })
  renameSync(unpacked, keptFolder)
  process.exit(0)
} catch (error) {
  const failure: DownloadMessage = { kind: 'failed', what: whatFailed(error), detail: error instanceof Error ? error.message : 'unknown error' }
  // The message must have left before the process does.
  process.send?.(failure, () => process.exit(1))
}

function whatFailed(error: unknown): Extract<DownloadMessage, { kind: 'failed' }>['what'] {
  if (!(error instanceof Error)) return 'other'
  const inner: unknown = error.cause
  const code = [error, inner].flatMap((one) => (one instanceof Error && 'code' in one ? [String(one.code)] : []))[0] ?? ''
  if (error.name === 'HTTPError') return 'refused'
  // Of `sumchecker`, whose errors have no names of their own.
  if (/did not match expected checksum|No checksum found/.test(error.message)) return 'wrong-content'
  if (/^E(NOSPC|ACCES|PERM|ROFS|DQUOT)$/.test(code)) return 'disk'
  if (error.message === 'fetch failed' || error.message === 'terminated' || /^(E|UND_ERR)/.test(code)) return 'unreachable'
  return 'other'
}
