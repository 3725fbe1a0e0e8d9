import { useEffect, useState } from 'react'
import type { Spent } from '../../../shared/contract/console/wallet.ts'
import { au, euro } from '../../base/format/au-amounts.ts'
import { Confirm } from '../../components/dialog/confirm.tsx'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { Moment } from '../../components/label/moment.tsx'
import { ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { useIsOnline } from '../../state/active-workspace.ts'
import { useWrite } from '../../state/reads.ts'
import { walletTexts } from './texts.ts'
import classes from './wallet.module.css'

/** What is to be paid for: an operation that runs, or an element that is made. */
export type Wanted =
  | { kind: 'run'; element: string; operation: string; quantities: Record<string, number> }
  | { kind: 'create'; element: string; name: string | null }

type Props = {
  workspaceId: string
  circle: string
  wanted: Wanted
  /** In words, for the question: "General agent, turn". */
  what: string
  label: string
  /** Why not, beside being offline. */
  reason?: string | null
}

const rereads = ['wallet.read', 'wallet.ledger', 'wallet.burnDown', 'wallet.instances'] as const

/**
 * Spends at once what is below the policy's threshold, and lets the platform ask for a confirmation above it. Online
 * only, never queued. One attempt keeps its id until something else is wanted, so a lost answer is not paid twice.
 */
export function Spending({ workspaceId, circle, wanted, what, label, reason = null }: Props) {
  const online = useIsOnline()
  const run = useWrite('wallet.run', rereads)
  const create = useWrite('wallet.createInstance', rereads)
  const key = JSON.stringify([circle, wanted])
  const [attempt, setAttempt] = useState({ key, id: crypto.randomUUID() })
  const [outcome, setOutcome] = useState<Spent | null>(null)
  const { reset: resetRun } = run
  const { reset: resetCreate } = create
  useEffect(() => {
    if (attempt.key === key) return
    setAttempt({ key, id: crypto.randomUUID() })
    setOutcome(null)
    resetRun()
    resetCreate()
  }, [attempt.key, key, resetRun, resetCreate])

  function settle(spent: Spent): void {
    setOutcome(spent)
    // The next click is another run.
    if (spent.state === 'done') setAttempt({ key, id: crypto.randomUUID() })
  }
  function spend(approvalId: string | null): void {
    const common = { workspaceId, circle, approvalId, attemptId: attempt.id }
    setOutcome((before) => (approvalId === null ? null : before))
    if (wanted.kind === 'run') {
      const { element, operation, quantities } = wanted
      run.mutate({ ...common, element, operation, quantities }, { onSuccess: settle })
    } else create.mutate({ ...common, element: wanted.element, name: wanted.name }, { onSuccess: settle })
  }

  const busy = run.isPending || create.isPending
  const error = run.error ?? create.error
  const asked = outcome?.state === 'approval_required' ? outcome : null
  return (
    <div className={classes.spending}>
      <GatedButton loading={busy && asked === null} reason={online ? reason : walletTexts.estimate.offline} onClick={() => spend(null)}>
        {label}
      </GatedButton>
      {asked === null && <ErrorNotice error={error} />}
      {outcome?.state === 'done' && <Notice tone="green">{walletTexts.estimate.done(au(outcome.totalMicroAu), au(outcome.balanceMicroAu))}</Notice>}
      {asked && (
        <Confirm
          opened
          title={walletTexts.gate.title}
          confirmLabel={(wanted.kind === 'run' ? walletTexts.gate.confirm : walletTexts.gate.confirmCreate)(au(asked.totalMicroAu))}
          busy={busy}
          error={error}
          confirmDisabled={!online}
          onConfirm={() => spend(asked.approvalId)}
          onClose={() => setOutcome(null)}
        >
          <p>{walletTexts.gate.text(what, au(asked.totalMicroAu), euro(asked.totalMicroAu))}</p>
          <p>
            {walletTexts.gate.expires} <Moment at={asked.expiresAt} />.
          </p>
        </Confirm>
      )}
    </div>
  )
}
