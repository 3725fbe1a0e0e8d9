type Stored = { id: string; memory_ref: string; revision: number }
type Queued = { id: string; sequence: number; memoryRef: string }

/** Memories of which the platform did not store revision 1, 2, 3 … in this order. `stored` is in the order of storing. */
export function memoriesOutOfOrder(stored: readonly Stored[]): string[] {
  const last = new Map<string, number>()
  const wrong = new Set<string>()
  for (const { memory_ref: memory, revision } of stored) {
    if (revision !== (last.get(memory) ?? 0) + 1) wrong.add(memory)
    last.set(memory, revision)
  }
  return [...wrong]
}

/**
 * The sequences in which held envelopes were stored, without those that had to wait for an earlier held one of their own memory: one push carries
 * one revision of a memory. Of the others each had to leave before every later one.
 */
export function sequencesOfFreeOnes(stored: readonly Stored[], held: readonly Queued[]): number[] {
  const first = new Map<string, string>()
  for (const { id, memoryRef } of [...held].sort((left, right) => left.sequence - right.sequence)) {
    if (!first.has(memoryRef)) first.set(memoryRef, id)
  }
  const sequences = new Map(held.map(({ id, sequence }) => [id, sequence]))
  return stored.flatMap(({ id, memory_ref: memory }) => (first.get(memory) === id ? [sequences.get(id) ?? 0] : []))
}

export function ascending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0))
}
