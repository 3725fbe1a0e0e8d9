import { FlexRender, type HeaderGroup } from '@tanstack/react-table'
import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { format } from '../../base/format/format.ts'
import { texts } from '../../base/texts/texts.ts'
import type { KeyedList } from '../../state/keyed-pages.ts'
import type { ListedRow, tableShape } from './table-shape.ts'
import classes from './virtual-table.module.css'

/** On paper a list has so many rows; that there are more is said. */
const PRINTED_ROWS = 1_000

/**
 * Asks the list for the rows that are shown, or for those that are to be printed, and says whether it is being printed. With the keys for
 * printing its rows are read first; a browser's own menu does not wait for that, and prints what is in memory.
 */
export function usePrinting(
  { showRange, pages, total, error }: Pick<KeyedList<object>, 'showRange' | 'pages' | 'total' | 'error'>,
  { first, last }: { first: number; last: number },
): boolean {
  const [isPrinting, setIsPrinting] = useState(false)
  const [isAsked, setIsAsked] = useState(false)
  const inMemory = pages.reduce((count, { rows }) => count + rows.length, 0)
  const isRead = total !== null && (inMemory >= Math.min(PRINTED_ROWS, total) || error !== null)
  useEffect(() => {
    const begin = (): void => flushSync(() => setIsPrinting(true))
    const end = (): void => setIsPrinting(false)
    const ask = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'p' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      setIsAsked(true)
    }
    window.addEventListener('beforeprint', begin)
    window.addEventListener('afterprint', end)
    window.addEventListener('keydown', ask)
    return () => {
      window.removeEventListener('beforeprint', begin)
      window.removeEventListener('afterprint', end)
      window.removeEventListener('keydown', ask)
    }
  }, [])
  // In one place, so that what is scrolled or laid out anew meanwhile cannot take the place of what is to be printed.
  useEffect(() => {
    if (isAsked) showRange(0, PRINTED_ROWS - 1)
    else if (!isPrinting) showRange(first, last)
  }, [showRange, first, last, isAsked, isPrinting])
  useEffect(() => {
    if (!isAsked || !isRead) return
    setIsAsked(false)
    window.print()
  }, [isAsked, isRead])
  return isPrinting
}

/** The list as a plain table, whose head the browser repeats on every sheet. Only paper shows it. */
export function PrintedTable<Row extends object>({
  label,
  headers,
  rows,
  total,
}: {
  label: string
  headers: readonly HeaderGroup<typeof tableShape, Row>[]
  rows: readonly ListedRow<Row>[]
  total: number | null
}) {
  const printed = rows.slice(0, PRINTED_ROWS)
  return (
    <div className={classes.printed} data-only-print>
      <table aria-label={label}>
        <thead>
          {headers.map((group) => (
            <tr key={group.id}>
              {group.headers.map((one) => (
                <th key={one.id} scope="col" data-align={one.column.columnDef.meta?.align}>
                  <FlexRender header={one} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {printed.map((row) => (
            <tr key={row.id}>
              {row.getAllCells().map((cell) => {
                const { cell: render, meta } = cell.column.columnDef
                return (
                  <td key={cell.column.id} data-align={meta?.align}>
                    {typeof render === 'function' ? render(cell.getContext()) : render}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {total !== null && total > printed.length && <p>{texts.table.printed(format.count(printed.length), format.count(total))}</p>}
    </div>
  )
}
