import { Button, NativeSelect, Skeleton } from '@mantine/core'
import { useState } from 'react'
import type { CostChange, Costs } from '../../../shared/contract/console/costs.ts'
import { format } from '../../base/format/format.ts'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useKeptRead } from '../../state/reads.ts'
import classes from './costs.module.css'
import { periodRange } from './period-range.ts'
import { costsTexts } from './texts.ts'

const words = costsTexts.changed
const ROWS_SHOWN = 5

/** The difference between this period and another one, explained by service, user and meter, and in use itself. */
export function ChangedSection({
  workspaceId,
  costs,
  against,
  onAgainst,
}: {
  workspaceId: string
  costs: Costs
  against: string | null
  onAgainst: (period: string) => void
}) {
  const others = costs.periods.filter(({ name }) => name < costs.period.name)
  const before = others.find(({ name }) => name === against) ?? others[0]
  const question = before === undefined ? null : { workspaceId, before: before.name, after: costs.period.name }
  const { data, error, refetch, isBusy } = useKeptRead('costs.change', question)
  return (
    <Section
      title={words.title}
      note={data ? <Headline change={data} /> : undefined}
      flush
      busy={isBusy}
      actions={
        before && (
          <NativeSelect
            size="xs"
            className={classes.period}
            aria-label={words.compare}
            value={before.name}
            data={others.map((period) => ({ value: period.name, label: periodRange(period) }))}
            onChange={(event) => onAgainst(event.currentTarget.value)}
          />
        )
      }
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {before === undefined && <p className={table.empty}>{words.none}</p>}
      {before !== undefined && !data && !error && <Skeleton height={200} className="tm-skeleton" />}
      {data && (
        <div className={classes.changes}>
          <ChangeTable title={words.byService} parts={data.byService} value={(amount) => format.money(amount, data.currency)} total={data.difference} />
          <ChangeTable title={words.byUser} parts={data.byUser} value={(amount) => format.money(amount, data.currency)} total={data.difference} />
          <ChangeTable title={words.byMeter} parts={data.byMeter} value={(amount) => format.money(amount, data.currency)} total={data.difference} />
          <ChangeTable title={words.usage} parts={data.usage} value={(amount, key) => usageText(data, key, amount)} total={null} />
        </div>
      )}
    </Section>
  )
}

function Headline({ change }: { change: CostChange }) {
  const money = (amountCents: number): string => format.money(amountCents, change.currency)
  return (
    <>
      <span data-change-headline>
        {change.difference === 0
          ? words.same
          : words.headline(money(change.afterTotal), money(change.beforeTotal), money(Math.abs(change.difference)), change.difference > 0)}
      </span>{' '}
      {change.comparedDays !== null && words.comparedDays(change.comparedDays)}
    </>
  )
}

type Part = CostChange['byService'][number]

function ChangeTable({
  title,
  parts,
  value,
  total,
}: {
  title: string
  parts: readonly Part[]
  value: (amount: number, key: string) => string
  total: number | null
}) {
  const [all, setAll] = useState(false)
  const shown = all ? parts : parts.slice(0, ROWS_SHOWN)
  return (
    <div className={classes.change}>
      <table className={table.table}>
        <caption className={classes.caption}>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{words.columns.name}</th>
            <th scope="col" data-align="right">
              {words.columns.before}
            </th>
            <th scope="col" data-align="right">
              {words.columns.after}
            </th>
            <th scope="col" data-align="right">
              {words.columns.difference}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((part) => (
            <tr key={part.key}>
              <td>{part.name}</td>
              <td data-align="right" className={table.nowrap}>
                {value(part.before, part.key)}
              </td>
              <td data-align="right" className={table.nowrap}>
                {value(part.after, part.key)}
              </td>
              <td data-align="right" className={table.nowrap}>
                {signed(value, part)}
              </td>
            </tr>
          ))}
          {total !== null && shown.length < parts.length && <RestRow parts={parts.slice(shown.length)} value={value} />}
        </tbody>
        {total !== null && (
          <tfoot>
            <tr>
              <th scope="row">{words.sum}</th>
              <td />
              <td />
              <td data-align="right">{signed(value, { key: '', difference: total })}</td>
            </tr>
          </tfoot>
        )}
      </table>
      {parts.length > shown.length && (
        <Button size="compact-xs" variant="subtle" className={classes.more} onClick={() => setAll(true)}>
          {words.fold(parts.length - shown.length)}
        </Button>
      )}
    </div>
  )
}

/** What is folded away, as one row: the rows that are seen sum to the difference. */
function RestRow({ parts, value }: { parts: readonly Part[]; value: (amount: number, key: string) => string }) {
  const sum = (of: (part: Part) => number): number => parts.reduce((total, part) => total + of(part), 0)
  return (
    <tr>
      <td>{words.rest(parts.length)}</td>
      <td data-align="right" className={table.nowrap}>
        {value(
          sum(({ before }) => before),
          '',
        )}
      </td>
      <td data-align="right" className={table.nowrap}>
        {value(
          sum(({ after }) => after),
          '',
        )}
      </td>
      <td data-align="right" className={table.nowrap}>
        {signed(value, { key: '', difference: sum(({ difference }) => difference) })}
      </td>
    </tr>
  )
}

/** With a sign in words of arithmetic: + where it rose, − where it fell, nothing where it stayed. */
function signed(value: (amount: number, key: string) => string, { key, difference }: Pick<Part, 'key' | 'difference'>): string {
  return `${difference > 0 ? '+' : difference < 0 ? '−' : ''}${value(Math.abs(difference), key)}`
}

function usageText(change: CostChange, key: string, amount: number): string {
  const part = change.usage.find((each) => each.key === key)
  return part === undefined ? format.shortCount(amount) : format.shortQuantity(part, amount)
}
