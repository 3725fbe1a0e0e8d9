/**
 * A record of a segment, byte by byte, numbers big endian:
 *
 *   0  4  magic "TMJ1"
 *   4  4  length of the header in bytes
 *   8  4  length of the body in bytes
 *  12  4  CRC-32 of bytes 4 to 12, the header and the body
 *  16  …  header (JSON), then the body (ciphertext, or nothing)
 *
 * A damaged record costs itself: reading goes on at the next magic whose checksum holds.
 */
import { crc32 } from 'node:zlib'
import { type JournalHeader, headerText, parseHeader, parseMark, type RecordMark, type SegmentSummary } from './entry.ts'

const MAGIC = Buffer.from('TMJ1', 'latin1')
const LENGTHS_AT = MAGIC.length
const CRC_AT = LENGTHS_AT + 8
const HEADER_AT = CRC_AT + 4
/** A setting of 64 KiB, escaped, with room to spare. */
const HEADER_MAX_BYTES = 512 * 1024
/** The largest envelope that a platform takes is a quarter of this. */
const BODY_MAX_BYTES = 32 * 1024 * 1024

export type FoundRecord = { at: number; sizeBytes: number; header: JournalHeader; body: Buffer }
/** What a scan takes of a record: its checksum holds, and the rest of its header is validated when somebody needs it. */
export type MarkedRecord = { at: number; sizeBytes: number; bodyBytes: number; mark: RecordMark }
/** Bytes that are no record: damage, or the end of a write that was cut off. */
export type Gap = { at: number; sizeBytes: number }

/** @throws RangeError when it is too large to be read again. */
export function encodeRecord(header: JournalHeader, body: Uint8Array | null): Buffer[] {
  const text = headerText(header)
  const headerBytes = Buffer.byteLength(text)
  const bodyBytes = body?.byteLength ?? 0
  if (headerBytes > HEADER_MAX_BYTES || bodyBytes > BODY_MAX_BYTES) throw new RangeError(`a record of ${headerBytes} and ${bodyBytes} bytes is too large`)
  const start = Buffer.allocUnsafe(HEADER_AT + headerBytes)
  MAGIC.copy(start)
  start.writeUInt32BE(headerBytes, LENGTHS_AT)
  start.writeUInt32BE(bodyBytes, LENGTHS_AT + 4)
  start.write(text, HEADER_AT)
  start.writeUInt32BE(checksum(start.subarray(LENGTHS_AT, CRC_AT), start.subarray(HEADER_AT), body), CRC_AT)
  return body === null || bodyBytes === 0 ? [start] : [start, Buffer.from(body.buffer, body.byteOffset, bodyBytes)]
}

/** The record that begins here; null: none that is whole. */
export function decodeRecord(bytes: Buffer, at: number): FoundRecord | null {
  const place = placeAt(bytes, at)
  if (place === null) return null
  const { bodyAt, end } = place
  const header = parseHeader(bytes.toString('utf8', at + HEADER_AT, bodyAt))
  return header === null ? null : { at, sizeBytes: end - at, header, body: bytes.subarray(bodyAt, end) }
}

function markRecord(bytes: Buffer, at: number): MarkedRecord | null {
  const place = placeAt(bytes, at)
  if (place === null) return null
  const { bodyAt, end } = place
  const mark = parseMark(bytes.toString('utf8', at + HEADER_AT, bodyAt))
  return mark === null ? null : { at, sizeBytes: end - at, bodyBytes: end - bodyAt, mark }
}

/** Where the body of the record that begins here begins and ends; null: it is not whole, or its checksum does not hold. */
function placeAt(bytes: Buffer, at: number): { bodyAt: number; end: number } | null {
  const lengths = lengthsAt(bytes, at)
  if (lengths === null) return null
  const bodyAt = at + HEADER_AT + lengths.headerBytes
  const end = bodyAt + lengths.bodyBytes
  if (end > bytes.length) return null
  const sum = crc32(bytes.subarray(at + HEADER_AT, end), sumOfLengths(bytes.subarray(at + LENGTHS_AT, at + CRC_AT)))
  return sum === bytes.readUInt32BE(at + CRC_AT) ? { bodyAt, end } : null
}

/** What the foot says that ends with these last bytes of a file; null: they end with something else. */
export function findFoot(tail: Buffer): SegmentSummary | null {
  for (let at = tail.lastIndexOf(MAGIC); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(MAGIC, at - 1)) {
    const found = markRecord(tail, at)
    // The bytes of a magic may be part of a record: the beginning of the last one lies further back then.
    if (found === null) continue
    return found.mark.type === 'foot' && at + found.sizeBytes === tail.length ? found.mark.summary : null
  }
  return null
}

/** Everything in these bytes, in order: records, and the gaps between them. */
export function* readRecords(bytes: Buffer): Generator<MarkedRecord | Gap> {
  let at = 0
  while (at < bytes.length) {
    const gapAt = at
    let record = markRecord(bytes, at)
    while (record === null && at < bytes.length) {
      const next = bytes.indexOf(MAGIC, at + 1)
      at = next < 0 ? bytes.length : next
      record = next < 0 ? null : markRecord(bytes, at)
    }
    if (at > gapAt) yield { at: gapAt, sizeBytes: at - gapAt }
    if (record === null) return
    yield record
    at += record.sizeBytes
  }
}

/**
 * Whether these last bytes of a file are what a write leaves behind that was cut off: the beginning of a record that goes on
 * beyond the end, or zeros that a file system put there for bytes that never came.
 */
export function isCutOffWrite(tail: Buffer): boolean {
  if (tail.every((byte) => byte === 0)) return true
  const known = Math.min(tail.length, MAGIC.length)
  if (!tail.subarray(0, known).equals(MAGIC.subarray(0, known))) return false
  if (tail.length < HEADER_AT) return true
  const lengths = lengthsAt(tail, 0)
  return lengths !== null && HEADER_AT + lengths.headerBytes + lengths.bodyBytes > tail.length
}

/** Neighbours are often of one length, and a call of zlib costs more than these eight bytes. */
let lastLengths = { bytes: Buffer.alloc(0), sum: 0 }
function sumOfLengths(bytes: Buffer): number {
  if (!lastLengths.bytes.equals(bytes)) lastLengths = { bytes: Buffer.from(bytes), sum: crc32(bytes) }
  return lastLengths.sum
}

function lengthsAt(bytes: Buffer, at: number): { headerBytes: number; bodyBytes: number } | null {
  if (at + HEADER_AT > bytes.length || bytes.compare(MAGIC, 0, MAGIC.length, at, at + MAGIC.length) !== 0) return null
  const headerBytes = bytes.readUInt32BE(at + LENGTHS_AT)
  const bodyBytes = bytes.readUInt32BE(at + LENGTHS_AT + 4)
  return headerBytes === 0 || headerBytes > HEADER_MAX_BYTES || bodyBytes > BODY_MAX_BYTES ? null : { headerBytes, bodyBytes }
}

function checksum(lengths: Uint8Array, header: Uint8Array, body: Uint8Array | null): number {
  const sum = crc32(header, crc32(lengths))
  return body === null ? sum : crc32(body, sum)
}
