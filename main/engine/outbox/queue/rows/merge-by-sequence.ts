/** One run of rows that is sorted by sequence; `boundary` is the last row read before (exclusive), null at the start. */
export type SortedSource<Row extends { sequence: number }> = (boundary: number | null, limit: number) => Row[]

type Head<Row> = { rows: Row[]; at: number; source: (boundary: number | null, limit: number) => Row[]; ended: boolean; limit: number }

/**
 * Merges sorted runs into one, lazily: the reader pays for what it takes, however long the runs are.
 * `wanted` is about how many rows the reader will take.
 */
export function* mergeBySequence<Row extends { sequence: number }>(
  sources: readonly SortedSource<Row>[],
  direction: 'oldest' | 'newest',
  wanted: number,
): Generator<Row> {
  // With many runs each is likely to give only its share; what it lacks is fetched later.
  const limit = Math.max(16, Math.ceil((wanted * 2) / Math.max(1, sources.length)))
  const heads: Head<Row>[] = []
  for (const source of sources) {
    const head: Head<Row> = { rows: [], at: 0, source, ended: false, limit: sources.length === 1 ? wanted : limit }
    if (refill(head, null)) heads.push(head)
  }
  const sign = direction === 'oldest' ? 1 : -1
  for (;;) {
    let best: Head<Row> | null = null
    let bestRow: Row | null = null
    for (const head of heads) {
      const row = head.rows[head.at]
      if (row && (bestRow === null || (row.sequence - bestRow.sequence) * sign < 0)) {
        best = head
        bestRow = row
      }
    }
    if (best === null || bestRow === null) return
    best.at += 1
    yield bestRow
    if (best.at >= best.rows.length && !refill(best, bestRow.sequence)) heads.splice(heads.indexOf(best), 1)
  }
}

function refill<Row extends { sequence: number }>(head: Head<Row>, boundary: number | null): boolean {
  if (head.ended) return false
  head.rows = head.source(boundary, head.limit)
  head.at = 0
  head.ended = head.rows.length < head.limit
  return head.rows.length > 0
}
