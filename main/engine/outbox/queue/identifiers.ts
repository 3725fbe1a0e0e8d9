import { randomFillSync } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'

export type Identifiers = {
  /** A new UUIDv7 (RFC 9562 §5.7) as 16 bytes; each is greater than the one before. */
  next(): Buffer
}

const POOL_BYTES = 8192
/** The last six bytes count upwards within one millisecond, so half of their room is left free at the start. */
const COUNTER_START_MASK = 0x7f

/**
 * Ids that rise with time: an index on them is written at its end. Random ids would touch another page for each row,
 * and a queue of a million rows would be several times slower than an empty one.
 */
export function createIdentifiers(clock: Pick<Clock, 'now'>, fillRandom: (bytes: Buffer) => void = (bytes) => randomFillSync(bytes)): Identifiers {
  const pool = Buffer.alloc(POOL_BYTES)
  let used = POOL_BYTES
  let lastMs = -1
  const last = Buffer.alloc(16)

  function randomInto(target: Buffer, from: number): void {
    const wanted = 16 - from
    if (used + wanted > POOL_BYTES) {
      fillRandom(pool)
      used = 0
    }
    pool.copy(target, from, used, used + wanted)
    used += wanted
  }

  return {
    next() {
      const now = clock.now()
      if (now > lastMs) {
        lastMs = now
        last.writeUIntBE(now, 0, 6)
        randomInto(last, 6)
        last[6] = 0x70 | ((last[6] ?? 0) & 0x0f)
        last[8] = 0x80 | ((last[8] ?? 0) & 0x3f)
        last[10] = (last[10] ?? 0) & COUNTER_START_MASK
      } else {
        // The same millisecond, or a clock that went back: count on, so that the order holds.
        last.writeUIntBE(last.readUIntBE(10, 6) + 1, 10, 6)
      }
      return Buffer.from(last)
    },
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Null when the text is no UUID in lower case: then no item has this id. */
export function uuidBytes(text: string): Buffer | null {
  return UUID.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : null
}
