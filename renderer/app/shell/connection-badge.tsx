import { Button, Popover, Stack, VisuallyHidden } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { Workspace } from '../../../shared/contract/console.ts'
import { clockWords, connectionWords } from '../../base/texts/connection.ts'
import { texts } from '../../base/texts/texts.ts'
import { Moment } from '../../components/label/moment.tsx'
import { ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { useConnection } from '../../state/active-workspace.ts'
import { useLive } from '../../state/live-store.ts'
import { useToday } from '../../state/now.ts'
import { useWrite } from '../../state/reads.ts'
import { appTexts } from '../texts.ts'
import classes from './shell.module.css'

/** Whether the platform is reached, how old the data is, and what still works. */
export function ConnectionBadge({ workspace }: { workspace: Workspace }) {
  const connection = useConnection(workspace)
  const tally = useLive((live) => live.outbox[workspace.id]?.tally)
  const today = useToday()
  const sync = useWrite('workspaces.syncNow', ['workspaces.list'])
  const queue = tally
    ? { pending: tally.pending.count + tally.waiting.count + tally.sending.count, held: tally.held.count, rejected: tally.rejected.count }
    : workspace.queue
  const words = connectionWords(connection, queue, today)
  const clock = clockWords(connection.clockOffsetMs)
  return (
    <Popover position="bottom-end" width={360} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={classes.badge}>
          <span className={classes.dot} data-drawn="fill" data-tone={words.tone} aria-hidden />
          <VisuallyHidden>{appTexts.connection.label}</VisuallyHidden>
          <span className={classes.badgeText}>{words.tone === 'good' ? words.short : words.sentence}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={appTexts.connection.details}>
        <Stack gap="sm">
          <p>{words.sentence}</p>
          {connection.detail && connection.state !== 'problem' && <p>{connection.detail}</p>}
          {clock && <Notice tone="amber">{clock}</Notice>}
          <dl className={classes.facts}>
            <dt>{appTexts.connection.platform}</dt>
            <dd>{workspace.url}</dd>
            <dt>{appTexts.connection.member}</dt>
            <dd>{`${workspace.memberName} (${workspace.role})`}</dd>
            <dt>{appTexts.connection.asOf}</dt>
            <dd>{connection.isAgeUnknown ? texts.unknownTime : connection.asOf === null ? appTexts.connection.never : <Moment at={connection.asOf} />}</dd>
            {connection.retryAt !== null && (
              <>
                <dt>{appTexts.connection.nextTry}</dt>
                <dd>
                  <Moment at={connection.retryAt} />
                </dd>
              </>
            )}
          </dl>
          <ErrorNotice error={sync.error} />
          {/* Never disabled: it would lose the focus, and Escape would no longer close this. */}
          <Button variant="default" leftSection={<IconRefresh size={15} />} onClick={() => sync.mutate({ workspaceId: workspace.id })}>
            {appTexts.connection.syncNow}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
