// biome-ignore-all lint/a11y/useSemanticElements: rows are placed one by one in the scroller, which a table element cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: what is inside takes the focus where it can be used
import { type ReactNode, useRef } from 'react'
import type { PageInMemory } from '../../state/keyed-pages.ts'
import classes from './virtual-table.module.css'

export type Expansion<Row> = {
  keyOf: (row: Row) => number
  open: ReadonlySet<number>
  /** One height for all: what is longer scrolls. */
  heightPx: number
  render: (row: Row) => ReactNode
}

const nowhere: ReadonlySet<number> = new Set()

/**
 * The places of the opened rows in the whole list. One whose page has left the memory keeps the place where it was last
 * seen, so that the list does not jump while it is scrolled past.
 */
export function useOpenPlaces<Row>(pages: readonly PageInMemory<Row>[], expansion: Expansion<Row> | undefined): ReadonlySet<number> {
  const seen = useRef(new Map<number, number>())
  const kept = useRef<ReadonlySet<number>>(nowhere)
  if (expansion === undefined || expansion.open.size === 0) {
    seen.current.clear()
    kept.current = nowhere
    return nowhere
  }
  for (const key of seen.current.keys()) if (!expansion.open.has(key)) seen.current.delete(key)
  for (const { firstIndex, rows } of pages) {
    rows.forEach((row, position) => {
      const key = expansion.keyOf(row)
      if (expansion.open.has(key)) seen.current.set(key, firstIndex + position)
    })
  }
  const places = new Set(seen.current.values())
  if (places.size !== kept.current.size || [...places].some((place) => !kept.current.has(place))) kept.current = places
  return kept.current
}

export function ExpandedRow<Row>({ index, top, row, expansion }: { index: number; top: number; row: Row; expansion: Expansion<Row> }) {
  return (
    <div className={classes.details} role="row" aria-rowindex={index + 2} style={{ height: expansion.heightPx, transform: `translateY(${top}px)` }}>
      <div role="gridcell">{expansion.render(row)}</div>
    </div>
  )
}
