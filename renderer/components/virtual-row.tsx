// biome-ignore-all lint/a11y/useSemanticElements: rows are placed one by one in the scroller, which a table element cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: the row is what takes the focus, its cells are no controls
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are handled once, by the grid around it
import { FlexRender } from '@tanstack/react-table'
import { memo } from 'react'
import type { Column, ListedRow } from './table-shape.ts'
import classes from './virtual-table.module.css'

type Props<Row extends object> = {
  /** Its place in the whole list. */
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
  return (
    <div
      className={classes.row}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-busy={row ? undefined : true}
      data-row-index={index}
      data-opens={onOpen ? true : undefined}
      tabIndex={reachable ? 0 : -1}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
      onFocus={() => onFocus(index)}
      onClick={(event) => {
        if (event.target instanceof HTMLElement && event.target.closest('input, button, a, label')) return
        if (row && onOpen) onOpen(row.original)
      }}
    >
      {row
        ? row.getAllCells().map((cell) => (
            <div className={classes.cell} role="gridcell" key={cell.id} data-align={cell.column.columnDef.meta?.align}>
              <FlexRender cell={cell} />
            </div>
          ))
        : columns.map((column, position) => (
            <div className={classes.cell} role="gridcell" key={column.id ?? position}>
              <div className={classes.ghost} />
            </div>
          ))}
    </div>
  )
}

/** Drawn again only when something of its own changed: while a list is scrolled, only the rows that come in are drawn. */
export const VirtualRow = memo(PlainRow) as typeof PlainRow
