import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const builtVersion = '0.1.0'

/**
 * The packed program once more, as another version: its two places for it are changed in the archive, which the stand-in does not hold against
 * its checksum.
 *
 * @param version as long as the built one, for the archive's header knows where each file begins
 */
export function asVersion(program: string, folder: string, version: string): string {
  if (version.length !== builtVersion.length) throw new Error(`${version} is not as long as ${builtVersion}`)
  const resources = join(folder, 'resources')
  mkdirSync(resources, { recursive: true })
  copyFileSync(join(program, 'tidemark'), join(folder, 'tidemark'))
  symlinkSync(join(program, 'resources', 'app.asar.unpacked'), join(resources, 'app.asar.unpacked'))
  if (existsSync(join(program, 'resources', 'app-update.yml'))) copyFileSync(join(program, 'resources', 'app-update.yml'), join(resources, 'app-update.yml'))
  else writeFileSync(join(resources, 'app-update.yml'), 'provider: generic\nurl: https://127.0.0.1\nupdaterCacheDirName: tidemark-updater\n')
  const archive = readFileSync(join(program, 'resources', 'app.asar'))
  const own = archive.indexOf('"productName": "Tidemark"')
  replaceAt(archive, `"version": "${builtVersion}"`, `"version": "${version}"`, own)
  // In the bundle of the main process, where package.json is part of it.
  const bundle = archive.indexOf(`version = "${builtVersion}"`)
  if (bundle !== -1) replaceAt(archive, `"${builtVersion}"`, `"${version}"`, bundle)
  writeFileSync(join(resources, 'app.asar'), archive)
  return join(folder, 'tidemark')
}

/** What a person downloads: a file that starts the program, as the AppImage's own runtime does with what it has mounted. */
export function appImageOf(executable: string, version: string): Buffer {
  const lines = ['#!/bin/sh', `# ${version}`, '[ -n "$APPIMAGE_EXIT_AFTER_INSTALL" ] && exit 0', 'APPIMAGE=$(readlink -f "$0")', 'export APPIMAGE']
  return Buffer.from([...lines, `exec '${executable}' "$@"`, ''].join('\n'))
}

function replaceAt(archive: Buffer, from: string, to: string, after: number): void {
  const at = archive.indexOf(from, Math.max(0, after))
  if (after < 0 || at === -1) throw new Error(`${from} is not in the archive`)
  archive.write(to, at, 'latin1')
}
