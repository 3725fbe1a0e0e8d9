// biome-ignore-all lint/a11y/useSemanticElements: rows are placed one by one in the scroller, which a table element cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: the row is what takes the focus, its cells and the header are no controls
import { Button } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconArrowUp } from '@tabler/icons-react'
import { FlexRender, useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Fragment, type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { texts } from '../../base/texts/texts.ts'
import type { KeyedList } from '../../state/keyed-pages.ts'
import { ExpandedRow, type Expansion, useOpenPlaces } from './expanded-row.tsx'
import { PrintedTable, usePrinting } from './printed-table.tsx'
import { useReusedRows } from './reused-rows.ts'
import { type Column, tableShape } from './table-shape.ts'
import { VirtualRow } from './virtual-row.tsx'
import classes from './virtual-table.module.css'

/** Browsers clip elements taller than about 33.5 million pixels: at this height a million rows still fit. */
const rowHeightPx = 33
const overscanRows = 8

type Props<Row extends object> = {
  label: string
  /** Another one: another list, which begins at its top. */
  listKey?: string
  list: KeyedList<Row>
  columns: Column<Row>[]
  /** Opens the row's details (click, Enter). */
  onOpen?: (row: Row) => void
  /** Space, for lists with a selection. */
  onToggle?: (row: Row) => void
  isSelected?: (row: Row) => boolean
  /** What opens below a row, for lists whose rows hold more than a line shows. */
  expansion?: Expansion<Row>
}

/** A list of any length: only the rows in the window exist, the rest is room in the scroller. Arrow keys, Page Up/Down, Home and End move; Enter opens; Space chooses. */
export function VirtualTable<Row extends object>({ label, listKey = '', list, columns: allColumns, onOpen, onToggle, isSelected, expansion }: Props<Row>) {
  const scroller = useRef<HTMLDivElement>(null)
  const grid = useRef<HTMLDivElement>(null)
  const { ref: frame, width } = useElementSize()
  const columns = useMemo(() => allColumns.filter((column) => width === 0 || (column.meta?.from ?? 0) <= width), [allColumns, width])
  const [active, setActive] = useState(0)
  const moved = useRef(false)
  /** End was pressed: the last row is not known before every page above it was read. */
  const seeksEnd = useRef(false)
  const openPlaces = useOpenPlaces(list.pages, expansion)
  const virtualizer = useVirtualizer({
    count: list.count,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => rowHeightPx + (openPlaces.has(index) ? (expansion?.heightPx ?? 0) : 0),
    overscan: overscanRows,
    scrollPaddingStart: rowHeightPx,
    useFlushSync: false,
  })
  const resized = useRef<ReadonlySet<number>>(openPlaces)
  useLayoutEffect(() => {
    const before = resized.current
    resized.current = openPlaces
    for (const index of new Set([...before, ...openPlaces])) {
      if (before.has(index) !== openPlaces.has(index)) virtualizer.resizeItem(index, rowHeightPx + (openPlaces.has(index) ? (expansion?.heightPx ?? 0) : 0))
    }
  }, [openPlaces, virtualizer, expansion?.heightPx])
  const shownList = useRef(listKey)
  useLayoutEffect(() => {
    if (shownList.current === listKey) return
    shownList.current = listKey
    setActive(0)
    virtualizer.scrollToOffset(0)
  }, [listKey, virtualizer])
  const places = virtualizer.getVirtualItems()
  const first = places[0]?.index ?? 0
  const last = places.at(-1)?.index ?? 0
  const rows = useReusedRows(places, virtualizer.isScrolling)
  const { pages } = list
  const isPrinting = usePrinting(list, { first, last })

  const data = useMemo(() => pages.flatMap((page) => page.rows), [pages])
  const table = useTable({ features: tableShape, columns, data })
  const tableRows = table.getRowModel().rows
  const template = columns.map((column) => column.meta?.width ?? '1fr').join(' ')
  // There is always one row that Tab reaches, also when the active one was scrolled away.
  const reachable = active >= first && active <= last ? active : first

  /** Position in `data` of the row at `index` of the whole list; undefined while its page is not in memory. */
  function positionOf(index: number): number | undefined {
    let before = 0
    for (const page of pages) {
      if (index >= page.firstIndex && index < page.firstIndex + page.rows.length) return before + index - page.firstIndex
      before += page.rows.length
    }
    return undefined
  }

  // The row that was moved to may appear a frame or a page later: the focus follows as soon as it is there.
  useEffect(() => {
    const row = moved.current ? scroller.current?.querySelector<HTMLElement>(`[data-row-index="${active}"]`) : null
    if (!row) return
    moved.current = false
    row.focus({ preventScroll: true })
  })

  useEffect(() => {
    if (!seeksEnd.current) return
    const end = list.count - 1
    if (active !== end) moveTo(end)
    else if (!moved.current && list.count === list.total) seeksEnd.current = false
  })

  function moveTo(index: number): void {
    const target = Math.max(0, Math.min(list.count - 1, index))
    moved.current = true
    // The row that has the focus may leave the window, and take the keyboard with it, before the one that is moved to is there.
    grid.current?.focus({ preventScroll: true })
    setActive(target)
    virtualizer.scrollToIndex(target, { align: 'auto' })
  }

  function stopSeeking(): void {
    seeksEnd.current = false
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target instanceof HTMLElement && event.target.closest('input, button, a')) return
    const visible = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeightPx) - 2)
    const position = positionOf(active)
    const row = position === undefined ? undefined : data[position]
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: visible, PageUp: -visible, Home: -active, End: list.count - 1 - active }
    const step = steps[event.key]
    seeksEnd.current = event.key === 'End'
    if (step !== undefined) moveTo(active + step)
    else if (event.key === 'Enter' && row && onOpen) onOpen(row)
    else if (event.key === ' ' && row && onToggle) onToggle(row)
    else return
    event.preventDefault()
  }

  // What stands still is not drawn again with every frame of scrolling.
  const newer = useMemo(
    () => (
      <Button className={classes.newer} size="compact-xs" radius="xl" leftSection={<IconArrowUp size={13} />} onClick={() => virtualizer.scrollToOffset(0)}>
        {texts.table.toNewest}
      </Button>
    ),
    [virtualizer],
  )
  const headerGroups = table.getHeaderGroups()
  const header = useMemo(
    () => (
      <div className={classes.header} role="rowgroup">
        {headerGroups.map((group) => (
          <div className={classes.row} role="row" aria-rowindex={1} key={group.id} style={{ gridTemplateColumns: template }}>
            {group.headers.map((one) => (
              <div className={classes.cell} role="columnheader" key={one.id} data-align={one.column.columnDef.meta?.align}>
                <FlexRender header={one} />
              </div>
            ))}
          </div>
        ))}
      </div>
    ),
    [headerGroups, template],
  )

  return (
    <>
      <div className={classes.frame} ref={frame}>
        {!list.following && newer}
        <div className={classes.scroller} ref={scroller} onWheel={stopSeeking} onPointerDown={stopSeeking}>
          <div
            ref={grid}
            className={classes.grid}
            role="grid"
            aria-label={label}
            aria-rowcount={list.total === null ? -1 : list.total + 1}
            aria-multiselectable={onToggle ? true : undefined}
            tabIndex={-1}
            onKeyDown={onKeyDown}
          >
            {header}
            <div className={classes.body} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
              {rows.map(({ place, slot }) => {
                const position = positionOf(place.index)
                const tableRow = position === undefined ? undefined : tableRows[position]
                return (
                  <Fragment key={slot}>
                    <VirtualRow
                      index={place.index}
                      top={place.start}
                      template={template}
                      columns={columns}
                      row={tableRow}
                      selected={onToggle && tableRow ? (isSelected?.(tableRow.original) ?? false) : undefined}
                      reachable={place.index === reachable}
                      onFocus={setActive}
                      onOpen={onOpen}
                    />
                    {expansion && tableRow && openPlaces.has(place.index) && (
                      <ExpandedRow key={place.index} index={place.index} top={place.start + rowHeightPx} row={tableRow.original} expansion={expansion} />
                    )}
                  </Fragment>
                )
              })}
            </div>
          </div>
        </div>
      </div>
      {isPrinting && <PrintedTable label={label} headers={headerGroups} rows={tableRows} total={list.total} />}
    </>
  )
}
