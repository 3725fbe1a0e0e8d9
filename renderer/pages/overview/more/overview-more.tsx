import type { Overview, Workspace } from '../../../../shared/contract/console.ts'
import { useVisit } from '../../../state/visit.ts'
import { ActivityList } from './activity-list.tsx'
import { FiredAlerts } from './fired-alerts.tsx'
import { NewsPanel } from './news-panel.tsx'
import { WalletPanel } from './wallet-panel.tsx'

/** What stands below the first screen: it comes a moment after it, so that the first screen comes sooner. */
export function OverviewMore({ workspace, activity }: { workspace: Workspace; activity: Overview['activity'] }) {
  const since = useVisit(workspace.id)
  return (
    <>
      {workspace.capabilities.includes('wallet') && <WalletPanel workspaceId={workspace.id} />}
      {workspace.capabilities.includes('alerts') && <FiredAlerts workspaceId={workspace.id} />}
      {since !== null && <NewsPanel workspaceId={workspace.id} since={since} />}
      <ActivityList activity={activity} since={since} />
    </>
  )
}
