import { Button, VisuallyHidden } from '@mantine/core'
import { IconChevronRight, IconFilterOff, IconListSearch } from '@tabler/icons-react'
import { useCallback, useMemo, useRef } from 'react'
import type { AuditFilter, AuditRow } from '../../../../shared/contract/console/audit.ts'
import { detailPart, openPart, useAddressPart, withPart } from '../../../base/address/address-part.ts'
import { addressNow, leaveTo, parseHash } from '../../../base/address/hash-location.ts'
import { format } from '../../../base/format/format.ts'
import { Empty, ErrorNotice } from '../../../components/notice/notice.tsx'
import { columnsFor } from '../../../components/table/table-shape.ts'
import { VirtualTable } from '../../../components/table/virtual-table.tsx'
import { type KeyedList, useKeyedPages } from '../../../state/keyed-pages.ts'
import { useRecentDetail } from '../../../state/recent-detail.ts'
import { actorWords } from '../actor-words.ts'
import classes from '../audit.module.css'
import { auditTexts } from '../texts.ts'
import { EntryDetails } from './entry-details.tsx'
import { EntryElsewhere } from './entry-elsewhere.tsx'
import { auditPageRows } from './first-page.ts'
import { openedEntries, withToggled } from './opened-entries.ts'

/** `listKey` stands for the filter: the same filter has the same key. */
type Props = { workspaceId: string; filter: AuditFilter; listKey: string; isFiltered: boolean; onClear: () => void }

const words = auditTexts
const detailsHeightPx = 206
const column = columnsFor<AuditRow>()
const keyOf = (row: AuditRow): number => row.sequence
const renderDetails = (row: AuditRow) => <EntryDetails row={row} />

export function AuditList({ workspaceId, filter, listKey, isFiltered, onClear }: Props) {
  const list = useKeyedPages('audit.page', (before, limit) => ({ workspaceId, filter, before, limit }), keyOf, auditPageRows, listKey)
  const { value } = useAddressPart(detailPart)
  const open: ReadonlySet<number> = useMemo(() => new Set(openedEntries(value)), [value])
  const toggle = useCallback((row: AuditRow) => toggleEntry(row.sequence), [])
  const elsewhere = useElsewhere(list, listKey, open)
  const title = open.size === 0 ? null : words.entry.recent([...open])
  useRecentDetail(workspaceId, list.total !== null && elsewhere.length === 0 ? title : null)
  const expansion = useMemo(() => ({ keyOf, open, heightPx: detailsHeightPx, render: renderDetails }), [open])
  const columns = useMemo(
    () => [
      column.display({
        id: 'open',
        meta: { width: '18px' },
        header: () => <VisuallyHidden>{words.columns.open}</VisuallyHidden>,
        // Out of the way of Tab: Enter on the row does the same.
        cell: ({ row }) => (
          <button
            type="button"
            className={classes.chevron}
            tabIndex={-1}
            aria-expanded={open.has(row.original.sequence)}
            aria-label={words.entry.open(row.original.sequence)}
            onClick={() => toggle(row.original)}
          >
            <IconChevronRight size={14} aria-hidden />
          </button>
        ),
      }),
      column.display({
        id: 'at',
        header: words.columns.at,
        meta: { width: '186px' },
        cell: ({ row }) => (
          <time className={classes.dim} dateTime={new Date(row.original.createdAt).toISOString()}>
            {`${format.date(row.original.createdAt)}, ${format.timeWithSeconds(row.original.createdAt)}`}
          </time>
        ),
      }),
      column.display({
        id: 'action',
        header: words.columns.action,
        meta: { width: 'minmax(120px, 0.8fr)' },
        cell: ({ row }) => <span className={classes.action}>{row.original.action}</span>,
      }),
      column.display({
        id: 'actor',
        header: words.columns.actor,
        meta: { width: 'minmax(100px, 0.7fr)' },
        cell: ({ row }) => <span title={row.original.actor}>{actorWords(row.original)}</span>,
      }),
      column.display({
        id: 'target',
        header: words.columns.target,
        meta: { width: 'minmax(120px, 1.1fr)' },
        cell: ({ row }) => <span title={row.original.target}>{row.original.target}</span>,
      }),
      column.display({
        id: 'metadata',
        header: words.columns.metadata,
        meta: { width: 'minmax(120px, 1.4fr)', from: 820 },
        cell: ({ row }) => <span className={classes.metadata}>{row.original.metadata === '{}' ? '' : row.original.metadata}</span>,
      }),
    ],
    [open, toggle],
  )

  const strangers = elsewhere.map((sequence) => (
    <EntryElsewhere key={sequence} workspaceId={workspaceId} sequence={sequence} title={title ?? ''} onClose={() => toggleEntry(sequence)} />
  ))
  if (list.error && list.total === null) return <ErrorNotice error={list.error} onRetry={list.retry} />
  if (list.total === 0)
    return (
      <>
        {strangers}
        <div className={classes.emptyFrame}>
          {isFiltered ? (
            <Empty icon={IconFilterOff} title={words.empty.filteredTitle} actions={<Button onClick={onClear}>{words.filters.clear}</Button>} />
          ) : (
            <Empty icon={IconListSearch} title={words.empty.title}>
              {words.empty.text}
            </Empty>
          )}
        </div>
      </>
    )
  return (
    <>
      <ErrorNotice error={list.error} onRetry={list.error ? list.retry : undefined} />
      {strangers}
      <VirtualTable label={words.table} listKey={listKey} list={list} columns={columns} onOpen={toggle} expansion={expansion} />
    </>
  )
}

/** An opened entry is a step in the history, which Back takes back. */
function toggleEntry(sequence: number): void {
  const before = new URLSearchParams(parseHash(window.location.hash).search).get(detailPart)
  const after = withToggled(before, sequence)
  if (!openedEntries(before).includes(sequence)) openPart(detailPart, after ?? '')
  else leaveTo(withPart(addressNow(), detailPart, after))
}

/** Opened entries that the list has not come to. One that was seen stays known: its page may have left the memory. */
function useElsewhere({ pages, total }: KeyedList<AuditRow>, listKey: string, open: ReadonlySet<number>): readonly number[] {
  const seen = useRef({ listKey, entries: new Set<number>() })
  return useMemo(() => {
    if (open.size === 0 || seen.current.listKey !== listKey) seen.current = { listKey, entries: new Set() }
    const { entries } = seen.current
    for (const { rows } of open.size > 0 ? pages : []) for (const { sequence } of rows) if (open.has(sequence)) entries.add(sequence)
    return total === null ? [] : [...open].filter((sequence) => !entries.has(sequence))
  }, [pages, total, listKey, open])
}
