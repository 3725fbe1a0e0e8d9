/** A reading may bring millions of documents; their names alone would take hundreds of megabytes. */
const BITS = 8 * 1024 * 1024
const HASHES = 2

/**
 * Remembers in one MiB which documents a reading has brought. Now and then it takes a new one for one that it has met: after a million
 * documents one in twenty, after five millions every second one. It never takes one that it has met for a new one.
 */
export class MetDocuments {
  #bits: Uint8Array | null = null

  /** @returns whether it is a new one. */
  meet(topic: string, id: string): boolean {
    this.#bits ??= new Uint8Array(BITS / 8)
    const bits = this.#bits
    let isNew = false
    for (let seed = 0; seed < HASHES; seed += 1) {
      const bit = hashOf(`${topic}\n${id}`, seed) % BITS
      const mask = 1 << (bit & 7)
      isNew ||= ((bits[bit >>> 3] ?? 0) & mask) === 0
      bits[bit >>> 3] = (bits[bit >>> 3] ?? 0) | mask
    }
    return isNew
  }
}

/** FNV-1a with a seed, mixed at the end (the finaliser of MurmurHash3) so that ids which differ in one letter do not lie side by side. */
function hashOf(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1)) >>> 0
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
