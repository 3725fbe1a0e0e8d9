import { closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

type Node = { files?: Record<string, Node>; size?: number; offset?: string; unpacked?: boolean; link?: string }

/**
 * Node reads no archive of Electron's: it is laid out as a folder of the same name, from the archive and from what lies unpacked beside it. So it shows
 * what the packaging has forgotten, and nothing of how Electron reads out of an archive.
 *
 * @returns the folder in the place of `app.asar`; it goes with this process
 */
export function layOut(archive: string): string {
  const parent = mkdtempSync(join(tmpdir(), 'electron-double-archive-'))
  process.once('exit', () => rmSync(parent, { recursive: true, force: true }))
  const folder = join(parent, 'app.asar')
  const file = openSync(archive, 'r')
  try {
    // Four little-endian lengths, a header of JSON, then the contents (electron/asar, "Format").
    const lengths = Buffer.alloc(16)
    readSync(file, lengths, 0, 16, 0)
    const header = Buffer.alloc(lengths.readUInt32LE(12))
    readSync(file, header, 0, header.byteLength, 16)
    const contentsAt = 8 + lengths.readUInt32LE(4)
    const write = (node: Node, path: string): void => {
      const to = join(folder, path)
      if (node.files !== undefined) {
        mkdirSync(to, { recursive: true })
        for (const [name, child] of Object.entries(node.files)) write(child, join(path, name))
      } else if (node.unpacked === true) {
        const from = join(`${archive}.unpacked`, path)
        // A library is loaded from where it lies; other files find their neighbours inside the archive.
        if (path.endsWith('.node')) symlinkSync(from, to)
        else copyFileSync(from, to)
      } else if (node.link === undefined) {
        const content = Buffer.alloc(node.size ?? 0)
        readSync(file, content, 0, content.byteLength, contentsAt + Number(node.offset ?? 0))
        mkdirSync(dirname(to), { recursive: true })
        writeFileSync(to, content)
      }
    }
    write(JSON.parse(header.toString('utf8')) as Node, '')
  } finally {
    closeSync(file)
  }
  return folder
}
