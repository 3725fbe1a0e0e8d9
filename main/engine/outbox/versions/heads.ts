/**
 * Which versions of a memory count, and which of them is read. Pure. It asks only what every computer can know that has restored, so
 * that all of them answer alike. (shared/contract/README.md, "Versions")
 */

export type Version = {
  /** UUID in lower case. */
  id: string
  sequence: number
  revision: number
  /** The device that pushed it; null: this one. */
  device: number | null
  /** By the clock of its device, epoch milliseconds. */
  createdAt: number
  /** By the platform's clock; null: not known yet. */
  storedAt: number | null
  /** Null: sealed in format 1, or deleted where nobody has read what it replaces. */
  replaces: readonly string[] | null
  isDeleted: boolean
}

/** The versions that no other one replaces. */
export function headsOf<V extends Version>(versions: readonly V[]): V[] {
  const named = new Set<string>()
  const highest = new Map<number | null, number>()
  const highestUnnaming = new Map<number | null, number>()
  for (const { device, revision, replaces, isDeleted } of versions) {
    raise(highest, device, revision)
    if (replaces === null || isDeleted) raise(highestUnnaming, device, revision)
    // What a deleted version replaced went with its ciphertext: who still knows it must not answer otherwise than who does not.
    if (!isDeleted) for (const id of replaces ?? []) named.add(id)
  }
  return versions.filter(({ id, device, revision, replaces, isDeleted }) => {
    if (named.has(id)) return false
    // A device numbers its versions upwards. What it deleted, it knew when it wrote the next one; in format 1 each replaced the one before it.
    if (isDeleted) return revision >= (highest.get(device) ?? 0)
    return replaces !== null || revision >= (highestUnnaming.get(device) ?? 0)
  })
}

/**
 * Of several heads the one that is read: the later one, then the one with the higher id. A deleted one is chosen like any other: then
 * there is nothing to be read.
 */
export function readOf<V extends Version>(heads: readonly V[], clockOffsetMs: number): V | null {
  const hasSecondFormat = heads.some(({ replaces, isDeleted }) => replaces !== null && !isDeleted)
  let read: V | null = null
  for (const head of heads) {
    // Format 1 is older than format 2, whatever any clock says.
    if (hasSecondFormat && head.replaces === null && !head.isDeleted) continue
    if (read === null || isLater(head, read, clockOffsetMs)) read = head
  }
  return read
}

function isLater(one: Version, other: Version, clockOffsetMs: number): boolean {
  const difference = timeOf(one, clockOffsetMs) - timeOf(other, clockOffsetMs)
  return difference === 0 ? one.id > other.id : difference > 0
}

/** No clock that runs ahead makes a version later than the platform stored it. `clockOffsetMs`: the platform's clock minus this one. */
function timeOf({ createdAt, storedAt }: Pick<Version, 'createdAt' | 'storedAt'>, clockOffsetMs: number): number {
  return Math.min(createdAt, storedAt ?? createdAt + clockOffsetMs)
}

function raise(highest: Map<number | null, number>, device: number | null, revision: number): void {
  if (revision > (highest.get(device) ?? 0)) highest.set(device, revision)
}
