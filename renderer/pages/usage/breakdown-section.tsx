import { useId } from 'react'
import type { UsageBreakdown } from '../../../shared/contract/console/usage.ts'
import type { Meter } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { Section } from '../../components/page/page.tsx'
import { useRead } from '../../state/reads.ts'
import { usageTexts } from './texts.ts'
import classes from './usage.module.css'

/** Who used it in this period, where the platform says so. */
export function BreakdownSection({ workspaceId, meter }: { workspaceId: string; meter: Meter }) {
  const { data } = useRead('usage.breakdown', { workspaceId, meter: meter.id })
  const texts = usageTexts.breakdown
  if (!data || (data.services.length === 0 && data.users.length === 0)) return null
  const note = texts.note(format.quantity(meter, data.total), data.from)
  return (
    <>
      {data.services.length > 0 && (
        <Section title={texts.services} note={note}>
          <ShareTable meter={meter} title={texts.services} shares={data.services} />
        </Section>
      )}
      {data.users.length > 0 && (
        <Section title={texts.users} note={note}>
          <ShareTable meter={meter} title={texts.users} shares={data.users} />
        </Section>
      )}
    </>
  )
}

function ShareTable({ meter, title, shares }: { meter: Meter; title: string; shares: UsageBreakdown['users'] }) {
  const texts = usageTexts.breakdown
  const id = useId()
  const most = shares[0]?.quantity ?? 1
  return (
    <table className={classes.shares} aria-labelledby={id}>
      <caption className={classes.hidden} id={id}>
        {title}
      </caption>
      <thead>
        <tr>
          <th scope="col">{texts.name}</th>
          <td aria-hidden="true" />
          <th scope="col">{texts.quantity}</th>
          <th scope="col">{texts.share}</th>
        </tr>
      </thead>
      <tbody>
        {shares.map((share) => (
          <tr key={share.id}>
            <th scope="row">{share.name}</th>
            <td className={classes.barCell} aria-hidden="true">
              <div className={classes.bar} data-drawn="fill" style={{ width: `${(share.quantity / Math.max(1, most)) * 100}%` }} />
            </td>
            <td>{format.quantity(meter, share.quantity)}</td>
            <td>{format.percent(share.percent)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
