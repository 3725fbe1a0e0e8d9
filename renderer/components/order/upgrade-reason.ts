import type { Connection } from '../../../shared/contract/console.ts'
import { texts } from '../../base/texts/texts.ts'
import { useConnection, useSyncs, useWorkspace } from '../../state/active-workspace.ts'

/**
 * Why nothing can be bought now, in words; null when it can. Spending is never queued: it needs an answer at once (shared/contract/README.md,
 * "Idempotency").
 *
 * @param releases the platform takes writes, which a larger plan may release
 */
export function upgradeReason({ state }: Pick<Connection, 'state'>, releases: boolean): string | null {
  if (state === 'online') return null
  return state === 'offline' ? texts.upgrade.offline(releases) : texts.upgrade.notOnline
}

export function useUpgradeReason(): string | null {
  return upgradeReason(useConnection(useWorkspace()), useSyncs())
}
