import { Button } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconCheck,
  IconCreditCard,
  IconDeviceLaptop,
  IconFileImport,
  IconHistory,
  IconKey,
  IconLock,
  IconLockOpen,
  IconPlugConnected,
  IconReceipt,
  type TablerIcon,
} from '@tabler/icons-react'
import { useLocation } from 'wouter'
import type { Overview } from '../../../shared/contract/console.ts'
import { paths } from '../../app/paths.ts'
import { texts } from '../../app/texts.ts'
import { Moment } from '../../components/moment.tsx'
import { Empty } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import classes from './overview.module.css'

type Kind = Overview['activity'][number]['kind']
const icons: Record<Kind, TablerIcon> = {
  delivered: IconCheck,
  held: IconLock,
  released: IconLockOpen,
  rejected: IconAlertTriangle,
  plan: IconReceipt,
  device: IconDeviceLaptop,
  sub_key: IconKey,
  checkout: IconCreditCard,
  connection: IconPlugConnected,
  discarded: IconBan,
  import: IconFileImport,
  restore: IconArrowBackUp,
}

/** @param since what came later than this is marked as new */
export function ActivityList({ activity, since }: Pick<Overview, 'activity'> & { since: number | null }) {
  const [, navigate] = useLocation()
  const words = texts.overview.activity
  return (
    <Section title={words.title}>
      {activity.length === 0 ? (
        <Empty
          icon={IconHistory}
          title={words.empty}
          actions={
            <>
              <Button onClick={() => navigate(paths.devices)}>{words.toDevices}</Button>
              <Button variant="default" onClick={() => navigate(`${paths.outbox}?import=open`)}>
                {words.toImport}
              </Button>
            </>
          }
        />
      ) : (
        <ul className={classes.activity}>
          {activity.map((entry) => {
            const Icon = icons[entry.kind]
            return (
              <li key={entry.id} data-new={(since !== null && entry.at > since) || undefined}>
                <Icon size={15} stroke={1.8} aria-hidden />
                <span>{entry.text}</span>
                <Moment at={entry.at} />
              </li>
            )
          })}
        </ul>
      )}
    </Section>
  )
}
