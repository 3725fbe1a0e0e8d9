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

/** Every refusal is an entry, a second one of the same limit too: who tried what is what the log is asked for. */
export async function writeReachedLimit(unit: Unit, workspaceId: string, actor: string, { code, meter, used, limit, reason }: QuotaRefusal): Promise<void> {
  if (meter === undefined) return
  alertOfFirstRefusal(unit, workspaceId, { meter, used, limit, reason })
  await writeAudit(unit, { workspaceId, actor, action: 'quota.exceeded', target: `meter/${meter}`, metadata: { code, used, limit, reason } })
}
