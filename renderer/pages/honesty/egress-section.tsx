import { Switch } from '@mantine/core'
import { IconCloudOff } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { EgressRow } from '../../../shared/contract/console/honesty.ts'
import { format } from '../../base/format/format.ts'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import { columnsFor } from '../../components/table/table-shape.ts'
import { VirtualTable } from '../../components/table/virtual-table.tsx'
import { useKeyedPages } from '../../state/keyed-pages.ts'
import { useToday } from '../../state/now.ts'
import { useRead } from '../../state/reads.ts'
import classes from './honesty.module.css'
import { honestyTexts } from './texts.ts'

const words = honestyTexts.egress
const pageRows = 100
const column = columnsFor<EgressRow>()
const keyOf = (row: EgressRow): number => row.id

export function EgressSection({ workspaceId }: { workspaceId: string }) {
  const [every, setEvery] = useState(true)
  const shown = every ? null : workspaceId
  const first = useRead('honesty.egress', { workspaceId: shown, before: null, limit: 1 })
  return (
    <Section
      title={words.title}
      note={first.data ? words.note(first.data.total, first.data.totalBytes) : undefined}
      actions={<Switch size="xs" label={words.everyWorkspace} checked={every} onChange={(event) => setEvery(event.currentTarget.checked)} />}
      flush
    >
      <div className={classes.egress}>
        <EgressList key={shown} workspaceId={shown} />
      </div>
    </Section>
  )
}

function EgressList({ workspaceId }: { workspaceId: string | null }) {
  const list = useKeyedPages('honesty.egress', (before, limit) => ({ workspaceId, before, limit }), keyOf, pageRows)
  const today = useToday()
  const columns = useMemo(
    () => [
      column.display({
        id: 'at',
        header: words.columns.at,
        meta: { width: '104px' },
        cell: ({ row }) => <span className={classes.dim}>{format.moment(row.original.at, today)}</span>,
      }),
      column.display({
        id: 'purpose',
        header: words.columns.purpose,
        meta: { width: 'minmax(150px, 1.3fr)' },
        cell: ({ row }) => <span title={row.original.purpose}>{row.original.purpose}</span>,
      }),
      column.display({
        id: 'request',
        header: words.columns.request,
        meta: { width: 'minmax(140px, 1fr)' },
        cell: ({ row }) => <RequestCell row={row.original} />,
      }),
      column.display({
        id: 'host',
        header: words.columns.host,
        meta: { width: '110px', from: 760 },
        cell: ({ row }) => (
          <span className={classes.dim} title={row.original.host}>
            {row.original.host}
          </span>
        ),
      }),
      column.display({
        id: 'fields',
        header: words.columns.fields,
        meta: { width: 'minmax(110px, 0.9fr)' },
        cell: ({ row }) => (
          <span className={classes.mono} title={row.original.fields.join('\n')}>
            {row.original.fields.join(', ') || words.noFields}
          </span>
        ),
      }),
      column.display({
        id: 'requestBytes',
        header: words.columns.bytes,
        meta: { width: '64px', align: 'right' },
        cell: ({ row }) => <span title={format.exactBytes(row.original.requestBytes)}>{format.bytes(row.original.requestBytes)}</span>,
      }),
      column.display({
        id: 'status',
        header: words.columns.status,
        meta: { width: '56px', align: 'right' },
        cell: ({ row }) => row.original.status ?? <span className={classes.dim}>{words.noAnswer}</span>,
      }),
      column.display({
        id: 'durationMs',
        header: words.columns.duration,
        meta: { width: '56px', align: 'right', from: 700 },
        cell: ({ row }) => (
          <span className={classes.dim}>{row.original.durationMs === null ? words.noFields : words.milliseconds(row.original.durationMs)}</span>
        ),
      }),
    ],
    [today],
  )
  if (list.error && list.total === null) return <ErrorNotice error={list.error} onRetry={list.retry} />
  if (list.total === 0) return <Empty icon={IconCloudOff} title={words.empty} />
  return <VirtualTable label={words.table} list={list} columns={columns} />
}

function RequestCell({ row }: { row: EgressRow }) {
  const text = `${row.method} ${row.path}`
  return (
    <span className={classes.mono} title={text}>
      {row.requests > 1 ? `${words.requests(row.requests)} ` : ''}
      {text}
    </span>
  )
}
