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
import { paths } from '../../../../shared/contract/console/pages.ts'
import type { Overview } from '../../../../shared/contract/console.ts'
import { Moment } from '../../../components/label/moment.tsx'
import { Empty } from '../../../components/notice/notice.tsx'
import { Section } from '../../../components/page/page.tsx'
import { useSyncs, useWorkspace } from '../../../state/active-workspace.ts'
import classes from '../overview.module.css'
import { overviewTexts } from '../texts.ts'
import { overviewMoreTexts } from './texts.ts'

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
  const words = overviewTexts.activity
  return (
    <Section title={words.title}>
      {activity.length === 0 ? (
        <NothingYet />
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

/** What to do first is another thing where the platform takes no envelopes. */
function NothingYet() {
  const [, navigate] = useLocation()
  const { capabilities } = useWorkspace()
  const writes = overviewTexts.activity
  const edits = overviewMoreTexts.activity
  if (useSyncs())
    return (
      <Empty
        icon={IconHistory}
        title={writes.empty}
        actions={
          <>
            <Button onClick={() => navigate(paths.devices)}>{writes.toDevices}</Button>
            <Button variant="default" onClick={() => navigate(`${paths.outbox}?import=open`)}>
              {writes.toImport}
            </Button>
          </>
        }
      />
    )
  return (
    <Empty
      icon={IconHistory}
      title={edits.emptyTitle}
      actions={
        <>
          {capabilities.includes('alerts') && <Button onClick={() => navigate(paths.alerts)}>{edits.toAlerts}</Button>}
          <Button variant="default" onClick={() => navigate(paths.settings)}>
            {edits.toSettings}
          </Button>
        </>
      }
    >
      {edits.empty}
    </Empty>
  )
}
