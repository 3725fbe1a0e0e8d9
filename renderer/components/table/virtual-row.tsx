// biome-ignore-all lint/a11y/useSemanticElements: rows are placed one by one in the scroller, which a table element cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: the row is what takes the focus, its cells are no controls
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are handled once, by the grid around it
import { memo, useLayoutEffect, useRef } from 'react'
import type { Column, ListedRow } from './table-shape.ts'
import classes from './virtual-table.module.css'

type Props<Row extends object> = {
  /** Its place in the whole list; changes when the row is used again for another place. */
  index: number
  /** Pixels from the top of the list. */
  top: number
  template: string
  columns: Column<Row>[]
  /** Undefined while its page is being read. */
  row: ListedRow<Row> | undefined
  selected: boolean | undefined
  reachable: boolean
  onFocus: (index: number) => void
  onOpen: ((row: Row) => void) | undefined
}

function PlainRow<Row extends object>({ index, top, template, columns, row, selected, reachable, onFocus, onOpen }: Props<Row>) {
  const element = useRef<HTMLDivElement>(null)
  const shownIndex = useRef(index)
  useLayoutEffect(() => {
    if (shownIndex.current === index) return
    shownIndex.current = index
    // The row that had the focus was scrolled away: the focus waits in the grid, which still knows it, instead of going on to another row.
    if (element.current !== null && element.current === document.activeElement)
      element.current.closest<HTMLElement>('[role=grid]')?.focus({ preventScroll: true })
  }, [index])
  return (
    <div
      ref={element}
      className={classes.row}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-busy={row ? undefined : true}
      data-row-index={index}
      data-opens={onOpen ? true : undefined}
      tabIndex={reachable ? 0 : -1}
      style={{ gridTemplateColumns: template, top }}
      onFocus={() => onFocus(index)}
      onClick={(event) => {
        if (event.target instanceof HTMLElement && event.target.closest('input, button, a, label')) return
        if (row && onOpen) onOpen(row.original)
      }}
    >
      {row
        ? row.getAllCells().map((cell) => {
            const { cell: render, meta } = cell.column.columnDef
            return (
              <div className={classes.cell} role="gridcell" key={cell.column.id} data-align={meta?.align} data-tone={meta?.tone}>
                {typeof render === 'function' ? render(cell.getContext()) : render}
              </div>
            )
          })
        : columns.map((column, position) => (
            <div className={classes.cell} role="gridcell" key={column.id ?? position} data-align={column.meta?.align}>
              <div className={classes.ghost} />
            </div>
          ))}
    </div>
  )
}

/**
 * Drawn again only when something of its own changed: while a list is scrolled, only the rows that come in are drawn. The table makes all its row
 * objects anew with every page that is read; what they stand for stays the same.
 */
export const VirtualRow = memo(
  PlainRow,
  ({ row: before, ...othersBefore }, { row: after, ...othersAfter }) =>
    before?.original === after?.original &&
    (Object.keys(othersAfter) as (keyof typeof othersAfter)[]).every((name) => othersBefore[name] === othersAfter[name]),
) as typeof PlainRow
