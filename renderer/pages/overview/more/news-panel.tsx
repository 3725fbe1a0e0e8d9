import { Link } from 'wouter'
import { paths } from '../../../../shared/contract/console/pages.ts'
import type { OverviewNews } from '../../../../shared/contract/console/usage.ts'
import { format } from '../../../base/format/format.ts'
import { Section } from '../../../components/page/page.tsx'
import { useToday } from '../../../state/now.ts'
import { useKeptRead } from '../../../state/reads.ts'
import classes from '../overview.module.css'
import { overviewMoreTexts } from './texts.ts'

/** What came while nobody looked. */
export function NewsPanel({ workspaceId, since }: { workspaceId: string; since: number }) {
  const { data } = useKeptRead('overview.news', { workspaceId, since })
  const today = useToday()
  const texts = overviewMoreTexts.news
  if (!data) return null
  const lines = linesOf(data)
  return (
    <Section title={texts.title} note={texts.since(format.moment(since, today))}>
      {lines.length === 0 ? (
        <p className={classes.dim}>{texts.nothing}</p>
      ) : (
        <ul className={classes.news}>
          {lines.map(({ href, text }) => (
            <li key={text}>{href === null ? text : <Link href={href}>{text}</Link>}</li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function linesOf({ alerts, invoices, usage, activity }: OverviewNews): { href: string | null; text: string }[] {
  const texts = overviewMoreTexts.news
  return [
    ...(alerts > 0 ? [{ href: paths.alerts, text: texts.alerts(alerts) }] : []),
    ...invoices.map((invoice) => ({ href: paths.invoices, text: texts.invoice(invoice) })),
    ...usage.map((meter) => ({ href: `${paths.usage}?meter=${encodeURIComponent(meter.meter)}`, text: texts.growth(meter) })),
    ...(activity > 0 ? [{ href: null, text: texts.activity(activity) }] : []),
  ]
}
