import { type ColumnDef, createColumnHelper, type Row as TableRow, tableFeatures } from '@tanstack/react-table'

/** What a column of a long list may say about its place and look. Its `cell` is called as a function: no hooks in it, only in what it returns. */
export const tableShape = tableFeatures({
  columnMeta: {} as { width: string; align?: 'left' | 'right'; tone?: 'dim' /** Left out where the list is narrower (px). */; from?: number },
})
export type Column<Row extends object> = ColumnDef<typeof tableShape, Row>
export type ListedRow<Row extends object> = TableRow<typeof tableShape, Row>

export function columnsFor<Row extends object>() {
  return createColumnHelper<typeof tableShape, Row>()
}
