import { Button, Checkbox } from '@mantine/core'
import { IconFilterOff, IconInbox } from '@tabler/icons-react'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { QueueFilter, QueueRow } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { texts } from '../../base/texts/texts.ts'
import { StateLabel } from '../../components/label/state-label.tsx'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { columnsFor } from '../../components/table/table-shape.ts'
import { VirtualTable } from '../../components/table/virtual-table.tsx'
import { useKeyedPages } from '../../state/keyed-pages.ts'
import { useMemoryTitles } from '../../state/memory-titles.ts'
import { useToday } from '../../state/now.ts'
import { isFiltered } from './filter-address.ts'
import classes from './outbox.module.css'
import { useOutboxActions } from './outbox-actions.ts'
import { forEngine, isEmpty, isSelected, nothingSelected, type Selection, toggled } from './selection.ts'
import { SelectionBar } from './selection-bar.tsx'
import { outboxTexts } from './texts.ts'

const words = outboxTexts

type Props = {
  workspaceId: string
  filter: QueueFilter /** Shown beside the count while nothing is chosen. */
  filters: ReactNode
  onOpen: (id: string) => void
  onClear: () => void
  /** Null: the platform takes no envelopes. */
  onImport: (() => void) | null
}

const pageRows = 100
const column = columnsFor<QueueRow>()
const sequenceOf = (row: QueueRow): number => row.sequence

export function OutboxList({ workspaceId, filter, filters, onOpen, onClear, onImport }: Props) {
  const list = useKeyedPages('outbox.page', (before, limit) => ({ workspaceId, filter, before, limit }), sequenceOf, pageRows)
  const envelopeIds = useMemo(() => list.pages.flatMap(({ rows }) => rows.flatMap((row) => (row.kind === 'envelope' ? row.id : []))), [list.pages])
  const titles = useMemoryTitles(workspaceId, envelopeIds)
  const [selection, setSelection] = useState<Selection>(nothingSelected)
  const actions = useOutboxActions(workspaceId)
  const today = useToday()
  const [, navigate] = useLocation()
  const open = useCallback((row: QueueRow) => onOpen(row.id), [onOpen])
  const toggle = useCallback((row: QueueRow) => setSelection((current) => toggled(current, row.id)), [])

  const titleOf = useCallback((row: QueueRow): string => titles.get(row.id) ?? row.title, [titles])

  const columns = useMemo(
    () => [
      column.display({
        id: 'choose',
        meta: { width: '20px' },
        header: () => (
          <Checkbox
            size="xs"
            aria-label={words.selection.allBox}
            checked={selection.kind === 'all'}
            indeterminate={selection.kind === 'ids' && selection.ids.size > 0}
            onChange={() => setSelection(selection.kind === 'all' ? nothingSelected : { kind: 'all' })}
          />
        ),
        // A plain box: dozens of them come and go while the list is scrolled.
        cell: ({ row }) => (
          <input
            type="checkbox"
            className={classes.box}
            tabIndex={-1}
            aria-label={words.selection.row(titleOf(row.original))}
            checked={isSelected(selection, row.original.id)}
            onChange={() => toggle(row.original)}
          />
        ),
      }),
      column.display({ id: 'state', header: words.columns.state, meta: { width: '88px' }, cell: ({ row }) => <StateLabel state={row.original.state} /> }),
      column.display({
        id: 'title',
        header: words.columns.title,
        meta: { width: 'minmax(124px, 1.2fr)' },
        cell: ({ row }) => <span title={titleOf(row.original)}>{titleOf(row.original)}</span>,
      }),
      column.display({
        id: 'kind',
        header: words.columns.kind,
        meta: { width: '52px', from: 860, tone: 'dim' },
        cell: ({ row }) => texts.kinds[row.original.kind],
      }),
      column.display({
        id: 'subKeyName',
        header: words.columns.agent,
        meta: { width: 'minmax(112px, 0.7fr)', tone: 'dim' },
        cell: ({ row }) => agentName(row.original),
      }),
      column.display({
        id: 'sizeBytes',
        header: words.columns.size,
        meta: { width: '68px', align: 'right' },
        cell: ({ row }) => <span title={format.exactBytes(row.original.sizeBytes)}>{format.bytes(row.original.sizeBytes)}</span>,
      }),
      column.display({
        id: 'attempts',
        header: words.columns.attempts,
        meta: { width: '40px', align: 'right', from: 860 },
        cell: ({ row }) => (row.original.attempts === 0 ? <span className={classes.dim}>–</span> : format.count(row.original.attempts)),
      }),
      column.display({
        id: 'createdAt',
        header: words.columns.created,
        meta: { width: '104px', from: 760, tone: 'dim' },
        cell: ({ row }) => format.moment(row.original.createdAt, today),
      }),
      column.display({
        id: 'note',
        header: words.columns.note,
        meta: { width: 'minmax(110px, 1.5fr)' },
        cell: ({ row }) => {
          const note = words.note(row.original, (at) => format.moment(at, today))
          return (
            <span className={classes.dim} title={note}>
              {note}
            </span>
          )
        },
      }),
    ],
    [selection, toggle, today, titleOf],
  )

  if (list.error && list.total === null) return <ErrorNotice error={list.error} onRetry={list.retry} />
  if (list.total === 0)
    return (
      <>
        {isFiltered(filter) && <div className={classes.bar}>{filters}</div>}
        <div className={classes.emptyFrame}>
          {isFiltered(filter) ? (
            <Empty icon={IconFilterOff} title={words.empty.filteredTitle} actions={<Button onClick={onClear}>{words.filters.clear}</Button>} />
          ) : onImport === null ? (
            <Empty icon={IconInbox} title={words.empty.editsTitle} actions={<Button onClick={() => navigate(paths.settings)}>{words.empty.toSettings}</Button>}>
              {words.empty.edits}
            </Empty>
          ) : (
            <Empty
              icon={IconInbox}
              title={words.empty.title}
              actions={
                <>
                  <Button onClick={() => navigate(paths.devices)}>{words.empty.subKey}</Button>
                  <Button variant="default" onClick={onImport}>
                    {words.empty.toImport}
                  </Button>
                </>
              }
            >
              {words.empty.text}
            </Empty>
          )}
        </div>
      </>
    )
  const chosen = forEngine(selection, filter)
  const clear = () => setSelection(nothingSelected)
  return (
    <>
      <ErrorNotice error={actions.error ?? list.error} onRetry={list.error ? list.retry : undefined} />
      <SelectionBar
        selection={selection}
        total={list.total}
        busy={actions.busy}
        onAll={() => setSelection({ kind: 'all' })}
        onNone={clear}
        onRetry={() => actions.retry(chosen, clear)}
        onDiscard={() => actions.discard(chosen, clear)}
        onExport={() => actions.export(chosen)}
        empty={isEmpty(selection)}
        filters={filters}
      />
      <VirtualTable label={words.table} list={list} columns={columns} onOpen={open} onToggle={toggle} isSelected={(row) => isSelected(selection, row.id)} />
    </>
  )
}

export function agentName(row: Pick<QueueRow, 'subKeyId' | 'subKeyName'>): string {
  if (row.subKeyId === null) return outboxTexts.noAgent
  return row.subKeyName ?? outboxTexts.unknownAgent
}
