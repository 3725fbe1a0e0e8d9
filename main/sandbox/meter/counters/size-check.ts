import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import { quotaReason } from '../../../../shared/billing/quota-reason.ts'
import { UNLIMITED } from '../../../../shared/billing/limit.ts'
import { refusalCode } from '../../../../shared/billing/catalog.ts'
import { writeAudit } from '../../audit/write-audit.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, counterOf, hasEnded, limitOf } from '../accounts/account.ts'

/**
 * The check in the background: a size is a fact, no reading of it is ever refused, so a limit can be passed without anybody asking for
 * anything. Written down once for each limit and period. (seed: truss, "Checked on every write operation and periodically in the background")
 */
export async function checkSizes(unit: Unit, account: Account): Promise<void> {
  const { workspace, catalog, plan } = account
  // Without a plan every limit is 0, and that is no news.
  if (hasEnded(account)) return
  for (const meter of catalog.meters) {
    if (meter.enforcement !== 'refuse' || meterKindOf(meter).form !== 'reading') continue
    const { used, quota_limit: limit } = counterOf(account, meter)
    if (limitOf(counterOf(account, meter)) === UNLIMITED || used <= limit) continue
    const written = await unit.tx
      .insertInto('audit_reached_limits')
      .values({ workspace_id: workspace.id, metric: meter.id, quota_limit: limit, period_start: workspace.period_start })
      .onConflict((conflict) => conflict.doNothing())
      .returning('metric')
      .executeTakeFirst()
    if (written === undefined) continue
    const reason = quotaReason(catalog, { meter, planId: plan.id, used, requested: 1, limit })
    const metadata = { code: refusalCode(meter), used, limit, reason, found_by: 'background check' }
    await writeAudit(unit, { workspaceId: workspace.id, actor: 'system', action: 'quota.exceeded', target: `meter/${meter.id}`, metadata })
  }
}
