import { closeSync, openSync, readSync } from 'node:fs'
import { type PackageTarget, lancePackageOf } from './package-configuration.ts'

export type PackedFile = { path: string; sizeBytes: number; unpacked: boolean }

/** Lists an asar archive: a header of JSON behind four little-endian lengths (electron/asar, "Format"). */
export function listArchive(path: string): PackedFile[] {
  const file = openSync(path, 'r')
  try {
    const lengths = Buffer.alloc(16)
    readSync(file, lengths, 0, 16, 0)
    const header = Buffer.alloc(lengths.readUInt32LE(12))
    readSync(file, header, 0, header.byteLength, 16)
    const found: PackedFile[] = []
    collect(JSON.parse(header.toString('utf8')), '', found)
    return found
  } finally {
    closeSync(file)
  }
}

function collect(node: unknown, path: string, found: PackedFile[]): void {
  if (typeof node !== 'object' || node === null) throw new Error(`The archive is damaged at ${path || 'its beginning'}`)
  if ('files' in node && typeof node.files === 'object' && node.files !== null) {
    for (const [name, child] of Object.entries(node.files)) collect(child, path === '' ? name : `${path}/${name}`, found)
    return
  }
  if ('link' in node) return
  found.push({ path, sizeBytes: 'size' in node && typeof node.size === 'number' ? node.size : 0, unpacked: 'unpacked' in node && node.unpacked === true })
}

const needed = ['package.json', 'out/main/index.js', 'out/main/sandbox.js', 'out/main/answer-thread.js', 'out/preload/index.cjs', 'out/renderer/index.html']
const foreignBinary = /(darwin|win32|linux|linuxmusl)-(x64|arm64)/

/** What is wrong with the content of a program for this target, in words; nothing: it is as it should be. */
export function problemsOf(files: readonly PackedFile[], target: PackageTarget): string[] {
  const paths = new Set(files.map(({ path }) => path))
  const own = { linux: 'linux-x64', mac: 'darwin-arm64', win: 'win32-x64' }[target]
  const problems = needed.filter((path) => !paths.has(path)).map((path) => `${path} is missing`)
  const sqlite = `node_modules/better-sqlite3/prebuilds/${own}.node`
  const binaries = files.filter(({ path }) => path.endsWith('.node'))
  if (!binaries.some(({ path }) => path === sqlite)) problems.push(`${sqlite} is missing`)
  if (!binaries.some(({ path }) => path.startsWith(`node_modules/${lancePackageOf(target)}/`))) problems.push(`${lancePackageOf(target)} is missing`)
  for (const { path, unpacked } of binaries) {
    const platform = foreignBinary.exec(path)?.[0]
    if (platform !== undefined && platform !== own) problems.push(`${path} is for another system`)
    if (!unpacked) problems.push(`${path} cannot be loaded out of the archive`)
  }
  for (const { path } of files) {
    if (path.endsWith('.map')) problems.push(`${path} is a source map`)
    if (/(^|\/)(test|tests|__tests__)\//.test(path) || /\.(test|spec)\.[cm]?[jt]sx?$/.test(path)) problems.push(`${path} is a test`)
    if (/^(main|renderer|shared|preload|build)\//.test(path)) problems.push(`${path} is source code`)
    if (/(^|\/)(\.env|\.npmrc|.*\.(pem|key|p12|pfx))$/.test(path)) problems.push(`${path} may be a secret`)
  }
  return problems
}
