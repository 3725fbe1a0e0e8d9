import { IconBell } from '@tabler/icons-react'
import { Link } from 'wouter'
import { paths } from '../../../../shared/contract/console/pages.ts'
import { Moment } from '../../../components/label/moment.tsx'
import { Section } from '../../../components/page/page.tsx'
import { useRead } from '../../../state/reads.ts'
import classes from '../overview.module.css'
import { overviewMoreTexts } from './texts.ts'

const SHOWN = 3

/** The newest alerts; nothing where none ever fired. */
export function FiredAlerts({ workspaceId }: { workspaceId: string }) {
  const { data } = useRead('alerts.fired', { workspaceId, before: null, limit: SHOWN })
  const texts = overviewMoreTexts.alerts
  if (!data || data.rows.length === 0) return null
  return (
    <Section title={texts.title} actions={<Link href={paths.alerts}>{texts.all(data.total)}</Link>}>
      <ul className={classes.activity}>
        {data.rows.slice(0, SHOWN).map((alert) => (
          <li key={alert.id}>
            <IconBell size={15} stroke={1.8} aria-hidden />
            <span>{alert.text}</span>
            <Moment at={alert.at} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
