import { texts } from '../../base/texts/texts.ts'
import { useConnection, useSyncs, useWorkspace } from '../../state/active-workspace.ts'

/** Why nothing can be bought now, in words; null when it can. Spending is never queued: it needs an answer at once (shared/contract/README.md, "Idempotency"). */
export function useUpgradeReason(): string | null {
  const { state } = useConnection(useWorkspace())
  const releases = useSyncs()
  if (state === 'online') return null
  return state === 'offline' ? texts.upgrade.offline(releases) : texts.upgrade.notOnline
}
