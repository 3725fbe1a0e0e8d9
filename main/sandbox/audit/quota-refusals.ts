import type { MiddlewareHandler } from 'hono'
import type { PlatformError } from '../../../shared/contract/platform.ts'
import type { RouteEnvironment } from '../http/environment.ts'
import { alertOfFirstRefusal } from '../alerts/first-refusal.ts'
import { Refusal } from '../http/failure.ts'
import type { Store, Unit } from '../store/store.ts'
import { writeAudit } from './write-audit.ts'

type QuotaRefusal = Pick<PlatformError, 'code' | 'meter' | 'used' | 'limit' | 'reason'>

/**
 * Writes down that a limit was enforced (seed: truss, "quota enforcement events"). A refusal undoes its own
 * transaction, so it is written after it, in one of its own.
 */
export function auditQuotaRefusals(store: Store): MiddlewareHandler<RouteEnvironment> {
  return async (context, next) => {
    await next()
    const refusal = context.error
    if (!(refusal instanceof Refusal) || refusal.details.meter === undefined) return
    const { workspaceId, memberId } = context.get('signedIn')
    await store.write((unit) => writeReachedLimit(unit, workspaceId, memberId, { code: refusal.code, ...refusal.details }))
  }
}

/** Once for each limit and period: a queue that tries again every few minutes would fill the log with the same line. */
export async function writeReachedLimit(unit: Unit, workspaceId: string, actor: string, { code, meter, used, limit, reason }: QuotaRefusal): Promise<void> {
  if (meter === undefined) return
  alertOfFirstRefusal(unit, workspaceId, { meter, used, limit, reason })
  const { period_start: periodStart } = await unit.tx.selectFrom('workspaces').select('period_start').where('id', '=', workspaceId).executeTakeFirstOrThrow()
  const written = await unit.tx
    .insertInto('audit_reached_limits')
    .values({ workspace_id: workspaceId, metric: meter, quota_limit: limit ?? 0, period_start: periodStart })
    .onConflict((conflict) => conflict.doNothing())
    .returning('metric')
    .executeTakeFirst()
  if (written === undefined) return
  await writeAudit(unit, { workspaceId, actor, action: 'quota.exceeded', target: `meter/${meter}`, metadata: { code, used, limit, reason } })
}
