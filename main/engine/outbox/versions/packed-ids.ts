import { uuidText } from '../queue/identifiers.ts'

const ID_BYTES = 16

/** Ids as they lie side by side in a column; null: none are known. */
export function idsOf(packed: Buffer | null): string[] | null {
  if (packed === null) return null
  const ids: string[] = []
  for (let at = 0; at + ID_BYTES <= packed.length; at += ID_BYTES) ids.push(uuidText(packed.subarray(at, at + ID_BYTES)))
  return ids
}

export function packedIds(ids: readonly string[]): Buffer {
  return Buffer.from(ids.map((id) => id.replaceAll('-', '')).join(''), 'hex')
}
