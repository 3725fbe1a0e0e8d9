import { randomUUID } from 'node:crypto'
import { intervalFromWire } from '../../../shared/billing/period.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import type { Clock } from '../base/clock.ts'
import type { KnownMeters } from '../billing/usage-file/expected-event.ts'
import { UsageFiles } from '../billing/usage-file/usage-files.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { PlatformClient } from '../sync/client/platform-client.ts'
import type { Sync } from '../sync/sync.ts'

export type UsageFilesNeeds = {
  client: PlatformClient
  view: WorkspaceViewOf
  sync: Pick<Sync, 'kick'>
  activity: Pick<ActivityLog, 'add'>
  clock: Clock
}

/** Files of usage events that a person sends from the console. */
export function composeUsageFiles({ client, view, sync, activity, clock }: UsageFilesNeeds): UsageFiles {
  function knownMeters(workspaceId: string): KnownMeters {
    const { catalog, plan, period, platformNowMs: nowMs } = view(workspaceId)
    if (catalog === null || plan === null || period === null) return null
    return { meters: catalog.meters, period, interval: intervalFromWire(plan.plan?.interval ?? 'month'), nowMs }
  }
  return new UsageFiles({
    client,
    knownMeters,
    clock,
    newId: randomUUID,
    counted: (workspaceId) => sync.kick(workspaceId),
    ended: (workspaceId, text) => activity.add(workspaceId, 'import', text),
  })
}
