/**
 * Reads a list of any length by key, page after page, and keeps in memory only the pages that are near the
 * window. A page starts below the last row of the page before it (`before`), so its cost does not grow with
 * its depth; the price is that the end of the list is found only by scrolling there.
 *
 * The list is anchored while the person has scrolled down: rows that arrive above do not push away what is
 * being read. At the top it follows the newest row.
 */
import { useQueries } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { CallInput, CallName, CallOutput } from '../../shared/contract/console.ts'
import { useBridge } from './bridge/bridge-context.tsx'
import { read } from './reads.ts'

export type KeyedPage<Row> = { rows: readonly Row[]; next: number | null; total: number }

export type PageInMemory<Row> = { firstIndex: number; rows: readonly Row[] }

export type KeyedList<Row> = {
  /** Rows that have a place in the scroller: all that are known, and a page's worth of room while more follow. */
  count: number
  /** How many the engine counted; null before the first page. */
  total: number | null
  /** The pages in memory, from top to bottom; the very same array until one of them changes. */
  pages: readonly PageInMemory<Row>[]
  showRange(first: number, last: number): void
  /** False: new rows above are not shown until the person asks. */
  following: boolean
  error: Error | null
  retry(): void
}

const keepMs = 15_000

/** Pure: page starts after the answer of page `index` named what follows. Everything below it is asked again. */
export function withNextCursor(cursors: readonly (number | null)[], index: number, next: number | null): readonly (number | null)[] {
  if (next === null) return cursors.length === index + 1 ? cursors : cursors.slice(0, index + 1)
  if (cursors[index + 1] === next) return cursors
  return [...cursors.slice(0, index + 1), next]
}

/** Pure: rows that the scroller has room for. `lastPageRows` null: the last known page has not been read yet. */
export function rowsWithRoom(pageCount: number, pageSize: number, lastPageRows: number | null): number {
  return (pageCount - 1) * pageSize + (lastPageRows ?? pageSize)
}

type PagedCall = Extract<CallName, 'outbox.page' | 'honesty.egress' | 'audit.page' | 'wallet.ledger'>
type RowOf<N extends PagedCall> = CallOutput<N>['rows'][number]

/**
 * `inputFor` adds the page to what is asked. Another filter is another list: say so with another `listKey`, or give the component that calls this
 * another `key` (with `listKey` the table's elements stay, and only their words change).
 */
export function useKeyedPages<N extends PagedCall>(
  name: N,
  inputFor: (before: number | null, limit: number) => CallInput<N>,
  keyOf: (row: RowOf<N>) => number,
  pageSize: number,
  listKey = '',
): KeyedList<RowOf<N>> {
  const bridge = useBridge()
  const [cursors, setCursors] = useState<readonly (number | null)[]>([null])
  const [range, setRange] = useState({ first: 0, last: 0 })
  const lastPageRows = useRef<number | null>(null)
  const shown = useRef(new Map<number, readonly RowOf<N>[]>())
  const [shownList, setShownList] = useState(listKey)
  if (shownList !== listKey) {
    setShownList(listKey)
    setCursors([null])
    setRange({ first: 0, last: 0 })
    lastPageRows.current = null
    shown.current = new Map()
  }

  const firstPage = Math.min(range.first, cursors.length - 1)
  const lastPage = Math.min(range.last, cursors.length - 1)
  const pageNumbers = useMemo(() => Array.from({ length: lastPage - firstPage + 1 }, (_, offset) => firstPage + offset), [firstPage, lastPage])

  const answers = useQueries({
    queries: pageNumbers.map((page) => {
      const input = inputFor(cursors[page] ?? null, pageSize)
      return {
        queryKey: [name, input],
        queryFn: async (): Promise<KeyedPage<RowOf<N>>> => await read(bridge, name, input),
        gcTime: keepMs,
      }
    }),
  })

  const pages = new Map<number, readonly RowOf<N>[]>()
  let total: number | null = null
  let error: Error | null = null
  answers.forEach((answer, position) => {
    const page = pageNumbers[position]
    if (page === undefined) return
    // While a page is read from a moved start, the rows that stood there stay on the screen.
    const rows = answer.data?.rows ?? shown.current.get(page)
    if (rows) pages.set(page, rows)
    if (answer.data) total = answer.data.total
    if (answer.error) error = answer.error
    if (answer.data?.next === null && page === cursors.length - 1) lastPageRows.current = answer.data.rows.length
  })

  useEffect(() => {
    shown.current = pages
    setCursors((before) => {
      let after = before
      answers.forEach((answer, position) => {
        const page = pageNumbers[position]
        if (page !== undefined && answer.data && page < after.length) after = withNextCursor(after, page, answer.data.next)
      })
      if (after !== before && after.length > before.length) lastPageRows.current = null
      return after
    })
  })

  const following = cursors[0] === null
  const showRange = useCallback(
    (first: number, last: number) => {
      setRange((now) => {
        const next = { first: Math.floor(first / pageSize), last: Math.floor(last / pageSize) }
        return now.first === next.first && now.last === next.last ? now : next
      })
      const newest = shown.current.get(0)?.[0]
      setCursors((now) => {
        if (first > 0 && now[0] === null && newest) return [keyOf(newest) + 1, ...now.slice(1)]
        if (first === 0 && now[0] !== null) return [null, ...now.slice(1)]
        return now
      })
    },
    [keyOf, pageSize],
  )

  const inMemory = useSame(
    [...pages].map(([page, rows]) => ({ firstIndex: page * pageSize, rows })),
    samePages,
  )
  const isLastRead = pages.has(cursors.length - 1) || lastPageRows.current !== null
  return {
    count:
      total === 0 ? 0 : rowsWithRoom(cursors.length, pageSize, isLastRead ? (lastPageRows.current ?? pages.get(cursors.length - 1)?.length ?? null) : null),
    total,
    pages: inMemory,
    showRange,
    following,
    error,
    retry: () => {
      for (const answer of answers) void answer.refetch()
    },
  }
}

function samePages(before: readonly PageInMemory<unknown>[], after: readonly PageInMemory<unknown>[]): boolean {
  return (
    before.length === after.length && before.every((page, position) => page.firstIndex === after[position]?.firstIndex && page.rows === after[position]?.rows)
  )
}

/** The value from before for as long as it is the same, so that what hangs on it is not made anew with every scrolled row. */
function useSame<T>(value: T, same: (before: T, after: T) => boolean): T {
  const [kept, setKept] = useState(value)
  if (kept === value || same(kept, value)) return kept
  setKept(value)
  return value
}
