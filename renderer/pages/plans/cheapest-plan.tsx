import { Button } from '@mantine/core'
import { IconHistoryOff } from '@tabler/icons-react'
import { useState } from 'react'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { Empty, ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useRead } from '../../state/reads.ts'
import { cheapestPlanTexts } from './cheapest-plan-texts.ts'

const words = cheapestPlanTexts
type Replay = CallOutput<'plans.cheapest'>

/** Asked for by a click: a year of history is read for it. Works offline, from the cache alone. */
export function CheapestPlan({ workspaceId }: { workspaceId: string }) {
  const [wanted, setWanted] = useState(false)
  const { data, error, refetch, isFetching } = useRead('plans.cheapest', wanted ? { workspaceId } : null)
  return (
    <Section
      title={words.title}
      note={words.note}
      flush={data !== undefined}
      actions={
        data === undefined && (
          <Button variant="default" loading={isFetching} onClick={() => setWanted(true)}>
            {words.run}
          </Button>
        )
      }
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.periods.length === 0 && (
        <Empty icon={IconHistoryOff} title={words.emptyTitle}>
          {words.empty}
        </Empty>
      )}
      {data && data.periods.length > 0 && <ReplayTable replay={data} />}
    </Section>
  )
}

function ReplayTable({ replay }: { replay: Replay }) {
  const { periods, plans, cheapestId, currency } = replay
  const newest = periods[0]
  const oldest = periods.at(-1)
  return (
    <>
      <div style={{ padding: '0 20px 12px' }}>
        <Notice tone={cheapestId === null ? 'amber' : 'green'} title={advice(replay)}>
          {newest && oldest && words.from(periods.filter(({ running }) => !running).length, newest.running, oldest.start, newest.end)}
        </Notice>
      </div>
      <div className={table.wrap}>
        <table className={table.table} aria-label={words.title}>
          <thead>
            <tr>
              <th scope="col">{words.columns.plan}</th>
              <th scope="col" data-align="right">
                {words.columns.total}
              </th>
              <th scope="col" data-align="right">
                {words.columns.mean}
              </th>
              <th scope="col" style={{ minWidth: 200 }}>
                {words.columns.notes}
              </th>
            </tr>
          </thead>
          <tbody>
            {plans.map((plan) => (
              <tr key={plan.planId}>
                <td className={table.nowrap}>
                  <span className={table.strong}>{plan.name}</span>{' '}
                  {plan.planId === cheapestId && (
                    <span className={table.badge} data-tone="green">
                      {words.cheapest}
                    </span>
                  )}{' '}
                  {plan.current && (
                    <span className={table.badge} data-tone="accent">
                      {words.current}
                    </span>
                  )}
                </td>
                <td data-align="right" className={table.nowrap}>
                  {plan.totalCents === null ? words.custom : format.money(BigInt(plan.totalCents), currency)}
                </td>
                <td data-align="right" className={table.nowrap}>
                  {plan.meanCents === null ? '–' : format.money(BigInt(plan.meanCents), currency)}
                </td>
                <td>
                  {plan.extras.length + plan.shortfalls.length === 0 && <span className={table.dim}>{words.priceAlone}</span>}
                  {plan.shortfalls.map((shortfall) => (
                    <div key={shortfall.meter}>{words.shortfall(shortfall)}</div>
                  ))}
                  {plan.extras.map((extra) => (
                    <div key={`${extra.kind} ${extra.name}`} className={table.dim}>
                      {words.extra(extra, format.money(BigInt(extra.cents), currency))}
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function advice({ plans, cheapestId, savingCents, currency, heldCount }: Replay): string {
  const all = words.all(heldCount)
  const cheapest = plans.find(({ planId }) => planId === cheapestId)
  if (cheapest === undefined) return words.none(all)
  if (cheapest.current) return words.stay(all)
  // A current plan that would have refused something may well cost less: then there is no saving to promise.
  const saving = savingCents !== null && plans.some(({ current, fits }) => current && fits) ? BigInt(savingCents) : 0n
  const price = cheapest.priceCents === null ? words.custom : format.price(cheapest.priceCents, currency)
  return saving > 0n ? words.move(cheapest.name, price, all, format.money(saving, currency)) : words.moveMore(cheapest.name, price, all)
}
