import { Button } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import { DrainProgress } from '../../components/meter/drain-progress.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { useLive } from '../../state/live-store.ts'
import { useRead } from '../../state/reads.ts'
import classes from './outbox.module.css'
import { outboxTexts } from './texts.ts'

/** The queue in one line, the drain while one runs, and who is held by what. */
export function OutboxSummary({ workspaceId }: { workspaceId: string }) {
  const { data, error, refetch } = useRead('outbox.tally', { workspaceId })
  const live = useLive((state) => state.outbox[workspaceId])
  const [opened, setOpened] = useState(false)
  const [, navigate] = useLocation()
  const panel = useId()
  const words = outboxTexts.summary
  if (!data) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  const { tally, drain } = live ?? data
  const queued = tally.pending.count + tally.sending.count + tally.waiting.count
  const held = tally.held.count
  return (
    <section className={classes.summary} aria-label={words.label}>
      {drain.active ? <DrainProgress drain={drain} /> : <p>{queued + held === 0 ? words.idle : words.open(queued, held, tally.held.bytes)}</p>}
      {held > 0 && (
        <div className={classes.summaryLinks}>
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            rightSection={<IconChevronDown size={13} data-opened={opened || undefined} className={classes.chevron} />}
            aria-expanded={opened}
            aria-controls={panel}
            onClick={() => setOpened(!opened)}
          >
            {words.heldBy}
          </Button>
          <Button variant="subtle" size="compact-xs" onClick={() => navigate(paths.upgrade)}>
            {words.upgrade}
          </Button>
        </div>
      )}
      {held > 0 && opened && (
        <div className={classes.heldBy} id={panel}>
          <HeldList title={words.byAgent} lines={data.heldByAgent.map((line) => ({ ...line, id: line.subKeyId ?? 'none' }))} />
          <HeldList title={words.byMeter} lines={data.heldByMeter.map((line) => ({ ...line, id: line.meter }))} />
        </div>
      )}
    </section>
  )
}

function HeldList({ title, lines }: { title: string; lines: { id: string; name: string; count: number; bytes: number }[] }) {
  return (
    <div>
      <h2 className={classes.heldTitle}>{title}</h2>
      <dl className={classes.heldLines}>
        {lines.map((line) => (
          <div key={line.id}>
            <dt>{line.name}</dt>
            <dd>{outboxTexts.summary.line(line.count, line.bytes)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
