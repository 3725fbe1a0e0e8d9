import { crc32 } from 'node:zlib'

/** A zip archive whose files are stored as they are (PKWARE APPNOTE, 4.3): what a runtime comes in, in small. */
export function storedZip(files: Readonly<Record<string, { content: Buffer; mode: number }>>): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, { content, mode }] of Object.entries(files)) {
    const nameBytes = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(content.byteLength, 14)
    common.writeUInt32LE(content.byteLength, 18)
    common.writeUInt16LE(nameBytes.byteLength, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, nameBytes, content])
    const attributes = Buffer.alloc(14)
    attributes.writeUInt32LE((mode << 16) >>> 0, 6)
    attributes.writeUInt32LE(offset, 10)
    // Made on Unix, so that the mode counts.
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, attributes, nameBytes]))
    bodies.push(local)
    offset += local.byteLength
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(entries.byteLength, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, entries, end])
}
