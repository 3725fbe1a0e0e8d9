import { Button } from '@mantine/core'
import { IconLoader2, IconShieldCheck } from '@tabler/icons-react'
import type { AuditChain } from '../../../shared/contract/console/audit.ts'
import { Moment } from '../../components/label/moment.tsx'
import { ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { useWrite } from '../../state/reads.ts'
import classes from './audit.module.css'
import { auditTexts } from './texts.ts'

const words = auditTexts.chain

/** What this computer found when it followed the chain through its own copy of the log; nothing where it is broken. */
export function ChainLine({ workspaceId, chain }: { workspaceId: string; chain: AuditChain }) {
  if (chain.state === 'empty' || chain.state === 'broken') return null
  const isVerified = chain.state === 'verified'
  return (
    <div className={classes.chain}>
      {isVerified ? (
        <IconShieldCheck size={16} stroke={1.9} className={classes.verified} aria-hidden />
      ) : (
        <IconLoader2 size={16} stroke={1.9} className={classes.verifying} aria-hidden />
      )}
      <p role="status">
        {isVerified ? words.verified(chain) : words.checking(chain)}
        {chain.removedCount > 0 && ` ${words.removed(chain.removedCount)}`}
        {isVerified && chain.checkedAt !== null && (
          <span className={classes.dim}>
            {' '}
            {words.checkedAt} <Moment at={chain.checkedAt} />.
          </span>
        )}
      </p>
      {isVerified && <CheckAgain workspaceId={workspaceId} />}
    </div>
  )
}

export function BrokenChain({ workspaceId, broken }: { workspaceId: string; broken: NonNullable<AuditChain['broken']> }) {
  return (
    <Notice tone="red" urgent title={words.brokenTitle(broken.sequence)} actions={<CheckAgain workspaceId={workspaceId} />}>
      {words.brokenReasons[broken.reason]}
    </Notice>
  )
}

function CheckAgain({ workspaceId }: { workspaceId: string }) {
  const recheck = useWrite('audit.recheck', ['audit.overview'])
  return (
    <>
      <Button variant="subtle" size="compact-xs" loading={recheck.isPending} onClick={() => recheck.mutate({ workspaceId })}>
        {words.recheck}
      </Button>
      <ErrorNotice error={recheck.error} />
    </>
  )
}
