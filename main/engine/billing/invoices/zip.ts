import { crc32 } from 'node:zlib'

export type ZipEntry = { readonly name: string; readonly bytes: Buffer; readonly atMs: number }

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
/** Names are UTF-8. */
const FLAGS = 0x0800
const VERSION = 20

/** A ZIP file (APPNOTE 6.3) of small files, stored as they are: PDFs are compressed already. Throws a RangeError beyond 65,535 files or 4 GiB. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  if (entries.length > 0xffff) throw new RangeError(`${entries.length} files are too many for this kind of archive`)
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, atMs } of entries) {
    const nameBytes = Buffer.from(name, 'utf8')
    const facts = factsOf(bytes, nameBytes.length, atMs)
    const local = Buffer.concat([numbers([LOCAL, 4], [VERSION, 2]), facts, nameBytes])
    directory.push(numbers([CENTRAL, 4], [VERSION, 2], [VERSION, 2]), facts, numbers([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), nameBytes)
    parts.push(local, bytes)
    offset += local.length + bytes.length
    if (offset > 0xffff_ffff) throw new RangeError('The files are too large for this kind of archive')
  }
  const central = Buffer.concat(directory)
  const end = numbers([END, 4], [0, 2], [0, 2], [entries.length, 2], [entries.length, 2], [central.length, 4], [offset, 4], [0, 2])
  return Buffer.concat([...parts, central, end])
}

/** What a file's own header and the directory both say of it. */
function factsOf(bytes: Buffer, nameLength: number, atMs: number): Buffer {
  const at = new Date(atMs)
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)
  const date = ((Math.max(1980, at.getUTCFullYear()) - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()
  return numbers([FLAGS, 2], [0, 2], [time, 2], [date, 2], [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [nameLength, 2], [0, 2])
}

/** Whole numbers, little-endian, each in so many bytes. */
function numbers(...values: readonly [value: number, byteCount: number][]): Buffer {
  return Buffer.concat(
    values.map(([value, byteCount]) => {
      const buffer = Buffer.alloc(byteCount)
      buffer.writeUIntLE(value, 0, byteCount)
      return buffer
    }),
  )
}
