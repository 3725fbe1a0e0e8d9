import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where Electron keeps its fuses: a sentence that is nowhere else, the version of the wire, its length, then a letter for each fuse. */
export const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/** A folder that packaging takes for the Linux runtime: the names that it looks for, and the fuses as Electron is delivered. */
/** @param script what it does when it is started; by default it fails */
export function writeFakeRuntime(folder: string, electronVersion: string, script = 'exit 70'): void {
  mkdirSync(join(folder, 'resources'), { recursive: true })
  mkdirSync(join(folder, 'locales'), { recursive: true })
  const fuses = Buffer.concat([Buffer.from(fuseSentinel, 'latin1'), Buffer.from([1, 9]), Buffer.from('101100101', 'latin1')])
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.from(`#!/bin/sh\n${script}\n`), fuses, Buffer.alloc(64)]), { mode: 0o755 })
  writeFileSync(join(folder, 'version'), electronVersion)
  for (const name of ['chrome-sandbox', 'chrome_crashpad_handler', 'LICENSE', 'LICENSES.chromium.html', 'icudtl.dat']) writeFileSync(join(folder, name), name)
  for (const locale of ['en-US', 'de']) writeFileSync(join(folder, 'locales', `${locale}.pak`), locale)
}
