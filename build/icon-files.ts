/** Windows' container: a directory of sixteen bytes a picture, then the pictures, which may be PNG up to 256 pixels. */
export function icoOf(drawn: ReadonlyMap<number, Buffer>): Buffer {
  const pictures = [...drawn].filter(([size]) => size <= 256)
  const header = Buffer.alloc(6 + pictures.length * 16)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(pictures.length, 4)
  let offset = header.byteLength
  pictures.forEach(([size, png], index) => {
    const at = 6 + index * 16
    // 0 stands for 256.
    header[at] = size % 256
    header[at + 1] = size % 256
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(png.byteLength, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += png.byteLength
  })
  return Buffer.concat([header, ...pictures.map(([, png]) => png)])
}

/** Size in pixels by the type's four letters; the second of a size is the one for twice as fine screens. */
const icnsTypes: readonly (readonly [string, number])[] = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
]

/** macOS' container: four letters and a length before each PNG. */
export function icnsOf(drawn: ReadonlyMap<number, Buffer>): Buffer {
  const chunks = icnsTypes.flatMap(([type, size]) => {
    const png = drawn.get(size)
    return png === undefined ? [] : [chunk(type, png)]
  })
  return chunk('icns', Buffer.concat(chunks))
}

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.write(type, 0, 'latin1')
  head.writeUInt32BE(8 + data.byteLength, 4)
  return Buffer.concat([head, data])
}
