import { Button, Drawer, Group, Skeleton, Stack } from '@mantine/core'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { texts } from '../../base/texts/texts.ts'
import { Moment } from '../../components/label/moment.tsx'
import { StateLabel } from '../../components/label/state-label.tsx'
import { ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { describeError } from '../../state/bridge/call-error.ts'
import { useRead } from '../../state/reads.ts'
import { useRecentDetail } from '../../state/recent-detail.ts'
import classes from './outbox.module.css'
import { useOutboxActions } from './outbox-actions.ts'
import { agentName } from './outbox-list.tsx'
import { outboxTexts } from './texts.ts'

const longestIdChars = 128

/** Everything known about one write: its way so far, the platform's words, and what can be done. */
export function ItemDrawer({ workspaceId, itemId, onClose }: { workspaceId: string; itemId: string | null; onClose: () => void }) {
  // An address may have been typed by hand: what is no id finds nothing.
  const item = useRead('outbox.item', itemId === null ? null : { workspaceId, id: itemId.slice(0, longestIdChars) })
  // By its number: what a memory is called is not kept outside the vault.
  useRecentDetail(workspaceId, itemId !== null && item.data ? outboxTexts.details.recent(texts.kinds[item.data.row.kind], item.data.row.sequence) : null)
  const gone = item.error !== null && describeError(item.error).code === 'not_found'
  return (
    <Drawer
      opened={itemId !== null}
      onClose={onClose}
      position="right"
      size={440}
      title={item.data?.row.title ?? outboxTexts.details.title}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
      classNames={{ title: classes.drawerTitle ?? '' }}
    >
      {gone ? (
        <Notice tone="info">{outboxTexts.details.gone}</Notice>
      ) : item.data ? (
        <ItemDetails workspaceId={workspaceId} item={item.data} />
      ) : item.error ? (
        <ErrorNotice error={item.error} onRetry={() => void item.refetch()} />
      ) : (
        <Skeleton height={160} />
      )}
    </Drawer>
  )
}

function ItemDetails({ workspaceId, item }: { workspaceId: string; item: CallOutput<'outbox.item'> }) {
  const { row, attempts, mine, theirs, undoable, versions = [] } = item
  const actions = useOutboxActions(workspaceId)
  const meters = useRead('overview.read', { workspaceId }).data?.meters ?? []
  const words = outboxTexts.details
  const chosen = { ids: [row.id] }
  const canRetry = row.state === 'held' || row.state === 'waiting' || row.state === 'rejected' || (row.state === 'discarded' && undoable)
  const canDiscard = row.state === 'pending' || row.state === 'held' || row.state === 'waiting' || row.state === 'rejected'
  const isConflict = mine !== null && theirs !== null && row.state === 'rejected'
  return (
    <Stack gap="lg">
      <StateLabel state={row.state} />
      {row.behind && <Notice tone="info">{words.behind}</Notice>}
      {row.reason && (
        <Notice tone={row.state === 'rejected' ? 'red' : row.state === 'held' || row.state === 'waiting' ? 'amber' : 'info'} title={words.platformWords}>
          {row.reason}
        </Notice>
      )}
      {isConflict && (
        <section aria-label={words.conflict}>
          <h3 className={classes.drawerHeading}>{words.conflict}</h3>
          <p className={classes.dim}>{words.conflictText}</p>
          <dl className={classes.sides}>
            <div>
              <dt>{words.mine}</dt>
              <dd>{mine}</dd>
            </div>
            <div>
              <dt>{words.theirs}</dt>
              <dd>{theirs}</dd>
            </div>
          </dl>
        </section>
      )}
      <ErrorNotice error={actions.error} />
      <Group gap="xs">
        {canRetry && (
          <Button disabled={actions.busy} onClick={() => actions.retry(chosen)}>
            {isConflict ? words.keepMine : outboxTexts.actions.retry}
          </Button>
        )}
        {canDiscard && (
          <Button variant="default" disabled={actions.busy} onClick={() => actions.discard(chosen)}>
            {isConflict ? words.keepTheirs : outboxTexts.actions.discard}
          </Button>
        )}
        <Button variant="default" disabled={actions.busy} onClick={() => actions.export(chosen)}>
          {outboxTexts.actions.export}
        </Button>
      </Group>
      <dl className={classes.facts}>
        <dt>{words.kind}</dt>
        <dd>{texts.kinds[row.kind]}</dd>
        <dt>{words.agent}</dt>
        <dd>{agentName(row)}</dd>
        <dt>{words.size}</dt>
        <dd>{`${format.bytes(row.sizeBytes)} (${format.exactBytes(row.sizeBytes)})`}</dd>
        {row.revision !== null && (
          <>
            <dt>{words.revision}</dt>
            <dd>{format.count(row.revision)}</dd>
          </>
        )}
        <dt>{words.sequence}</dt>
        <dd>{format.count(row.sequence)}</dd>
        <dt>{words.created}</dt>
        <dd>
          <Moment at={row.createdAt} />
        </dd>
        {row.deliveredAt !== null && (
          <>
            <dt>{words.delivered}</dt>
            <dd>
              <Moment at={row.deliveredAt} />
            </dd>
          </>
        )}
        {row.nextAt !== null && (
          <>
            <dt>{words.nextTry}</dt>
            <dd>
              <Moment at={row.nextAt} />
            </dd>
          </>
        )}
        {row.heldBy !== null && (
          <>
            <dt>{words.heldBy}</dt>
            <dd>{meters.find(({ id }) => id === row.heldBy)?.name ?? row.heldBy}</dd>
          </>
        )}
      </dl>
      {versions.length > 1 && (
        <section aria-label={words.versions(versions.length)}>
          <h3 className={classes.drawerHeading}>{words.versions(versions.length)}</h3>
          <p className={classes.dim}>{words.versionsText}</p>
          <ol className={classes.attempts}>
            {versions.map((version) => (
              <li key={version.id}>
                <div className={classes.attemptHead}>
                  <span>{`${words.revisionOf(version.revision)} ${version.isRead ? words.versionRead : words.versionKept}`}</span>
                  <Moment at={version.createdAt} />
                </div>
                <p className={classes.versionId}>{version.id}</p>
              </li>
            ))}
          </ol>
        </section>
      )}
      <section aria-label={words.attempts}>
        <h3 className={classes.drawerHeading}>{words.attempts}</h3>
        {attempts.length === 0 ? (
          <p className={classes.dim}>{words.noAttempts}</p>
        ) : (
          <ol className={classes.attempts}>
            {attempts.map((attempt) => (
              <li key={`${attempt.at}/${attempt.outcome}/${attempt.code}`}>
                <div className={classes.attemptHead}>
                  <span>{words.outcomes[attempt.outcome]}</span>
                  <Moment at={attempt.at} />
                </div>
                <p className={classes.dim}>{words.answer(attempt)}</p>
                <p>{attempt.message}</p>
              </li>
            ))}
          </ol>
        )}
      </section>
    </Stack>
  )
}
