import { NativeSelect } from '@mantine/core'
import { IconListDetails } from '@tabler/icons-react'
import { useMemo } from 'react'
import { type LedgerRow, ledgerKind } from '../../../shared/contract/console/wallet.ts'
import { au, auColumn, identifierWords } from '../../base/format/au-amounts.ts'
import { format } from '../../base/format/format.ts'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { columnsFor } from '../../components/table/table-shape.ts'
import { VirtualTable } from '../../components/table/virtual-table.tsx'
import { useKeyedPages } from '../../state/keyed-pages.ts'
import { useRead } from '../../state/reads.ts'
import { walletTexts } from './texts.ts'
import classes from './wallet.module.css'
import type { WalletAddress } from './wallet-address.ts'

type Props = {
  workspaceId: string
  circle: string
  kind: WalletAddress['kind']
  element: string | null
  onFilter: (change: Pick<WalletAddress, 'kind' | 'element'>) => void
}

const words = walletTexts.ledger
const pageRows = 100
const column = columnsFor<LedgerRow>()
const numberOf = (row: LedgerRow): number => row.number
const kinds = ledgerKind.options

export function LedgerSection({ workspaceId, circle, kind, element, onFilter }: Props) {
  const { data: prices } = useRead('wallet.prices', { workspaceId })
  return (
    <>
      <div className={classes.filters}>
        <NativeSelect
          size="xs"
          aria-label={words.kind}
          value={kind ?? ''}
          data={[{ value: '', label: words.kinds.all }, ...kinds.map((value) => ({ value, label: words.kinds[value] }))]}
          onChange={(event) => onFilter({ kind: kinds.find((value) => value === event.currentTarget.value) ?? null, element })}
        />
        <NativeSelect
          size="xs"
          aria-label={words.element}
          value={element ?? ''}
          data={[{ value: '', label: words.anyElement }, ...(prices?.elements ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={(event) => onFilter({ kind, element: event.currentTarget.value === '' ? null : event.currentTarget.value })}
        />
      </div>
      <LedgerList key={JSON.stringify([circle, kind, element])} workspaceId={workspaceId} circle={circle} kind={kind} element={element} />
    </>
  )
}

function LedgerList({ workspaceId, circle, kind, element }: Omit<Props, 'onFilter'>) {
  const list = useKeyedPages('wallet.ledger', (before, limit) => ({ workspaceId, circle, kind, element, before, limit }), numberOf, pageRows)
  const columns = useMemo(
    () => [
      column.display({
        id: 'at',
        header: words.columns.at,
        meta: { width: '160px' },
        cell: ({ row: { original: row } }) => (
          <time className={classes.dim} dateTime={new Date(row.at).toISOString()}>
            {`${format.date(row.at)}, ${format.time(row.at)}`}
          </time>
        ),
      }),
      column.display({
        id: 'what',
        header: words.columns.what,
        meta: { width: 'minmax(130px, 1.4fr)' },
        cell: ({ row: { original: row } }) => (
          <span title={titleOf(row)}>
            {row.kind === 'top_up' ? words.topUp : row.kind === 'opening' ? words.opening : row.elementName}
            {row.operation !== null && <span className={classes.dim}> · {identifierWords(row.operation).toLowerCase()}</span>}
          </span>
        ),
      }),
      column.display({
        id: 'dimension',
        header: words.columns.dimension,
        meta: { width: 'minmax(110px, 0.8fr)', from: 760 },
        cell: ({ row: { original: row } }) => row.dimensionName,
      }),
      column.display({
        id: 'quantity',
        header: words.columns.quantity,
        meta: { width: 'minmax(150px, 0.8fr)', align: 'right', from: 700 },
        cell: ({ row: { original: row } }) => row.quantityText,
      }),
      column.display({
        id: 'rate',
        header: words.columns.rate,
        meta: { width: 'minmax(150px, 0.9fr)', align: 'right', from: 1040 },
        cell: ({ row: { original: row } }) =>
          row.rateMicroAu !== null && row.per !== null && row.scope !== null ? (
            <span className={classes.dim} title={walletTexts.scopes[row.scope]}>
              {row.per === 1 ? au(row.rateMicroAu) : `${au(row.rateMicroAu)} / ${format.count(row.per)}`}
            </span>
          ) : null,
      }),
      column.display({
        id: 'amount',
        header: words.columns.amount,
        meta: { width: '104px', align: 'right' },
        cell: ({ row: { original: row } }) => (
          <span className={classes.amount} data-credit={BigInt(row.amountMicroAu) > 0n || undefined}>
            {BigInt(row.amountMicroAu) > 0n ? `+${auColumn(row.amountMicroAu)}` : auColumn(row.amountMicroAu)}
          </span>
        ),
      }),
      column.display({
        id: 'balance',
        header: words.columns.balance,
        meta: { width: '104px', align: 'right' },
        cell: ({ row: { original: row } }) => <span className={classes.amount}>{auColumn(row.balanceMicroAu)}</span>,
      }),
    ],
    [],
  )
  if (list.error && list.total === null) return <ErrorNotice error={list.error} onRetry={list.retry} />
  if (list.total === 0)
    return (
      <Empty icon={IconListDetails} title={words.emptyTitle}>
        {words.empty}
      </Empty>
    )
  return (
    <>
      <ErrorNotice error={list.error} onRetry={list.error ? list.retry : undefined} />
      {list.total !== null && <p className={classes.small}>{words.total(list.total)}</p>}
      <VirtualTable label={words.table} list={list} columns={columns} />
    </>
  )
}

/** What the line does not have room for. */
function titleOf(row: LedgerRow): string {
  return [
    row.memberName === null ? null : words.by(row.memberName),
    row.kind === 'debit' && row.reference !== null ? words.existenceOf(row.reference) : null,
    BigInt(row.waivedMicroAu) > 0n ? words.waived(au(row.waivedMicroAu)) : null,
  ]
    .filter((part) => part !== null)
    .join('. ')
}
