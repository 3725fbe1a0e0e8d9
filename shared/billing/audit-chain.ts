/**
 * The chain of an audit log: every entry carries a hash over its own canonical JSON and the hash of the entry before
 * it, so that an entry that is changed, taken out or put in later shows, on any computer that has the entries.
 */

/** What stands in the place of a hash before the first entry. */
export const AUDIT_GENESIS_HASH = '0'.repeat(64)

export type ChainedEntry = {
  id: string
  action: string
  actor: string
  target: string
  /** Canonical JSON of the metadata. */
  metadataJson: string
  /** ISO 8601, UTC, as on the wire. */
  createdAt: string
}

/**
 * The text whose SHA-256 is the entry's hash: the canonical JSON of
 * `{ action, actor, created_at, id, metadata, previous_hash, target }`. Written out part by part, because a computer
 * that verifies a million entries has their metadata in canonical form already.
 */
export function chainedText({ id, action, actor, target, metadataJson, createdAt }: ChainedEntry, previousHash: string): string {
  return `{"action":${JSON.stringify(action)},"actor":${JSON.stringify(actor)},"created_at":${JSON.stringify(createdAt)},"id":${JSON.stringify(id)},"metadata":${metadataJson},"previous_hash":"${previousHash}","target":${JSON.stringify(target)}}`
}

/**
 * JSON with the keys of every object in the order of their UTF-16 code units and no white space (RFC 8785). Members
 * that are undefined are left out, as `JSON.stringify` does.
 *
 * @throws TypeError for what JSON cannot say, such as NaN or a function: it would come back as another value.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((member) => canonicalJson(member)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1))
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return JSON.stringify(value)
  throw new TypeError(`JSON has no word for ${typeof value === 'number' ? value : typeof value}`)
}
