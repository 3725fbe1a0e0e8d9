import { planLimit } from '../../../shared/billing/effective-limit.ts'
import { meterOf } from '../../../shared/billing/catalog.ts'
import { periodNumber } from '../../../shared/billing/period.ts'
import { periodUse } from '../../../shared/billing/statement.ts'
import { hasUnits, insertUnits, markSent, unsentUnits } from '../overage/billable-units.ts'
import type { Unit } from '../store/store.ts'
import type { HistoryWorkspace } from './history.ts'
import { usesOfPast } from './usage.ts'

/**
 * What each period of the past that is over used beyond the plan, as if it had been handed over then. The past itself is written in the background; its orders are
 * there from the first moment on, with their use: an issued invoice never changes.
 */
export function writePastUnits(unit: Unit, workspace: HistoryWorkspace): void {
  const { id, catalog, plan, periodAnchor, untilMs } = workspace
  if (plan.priceCents === null || plan.priceCents === 0 || hasUnits(unit, id)) return
  const uses = usesOfPast(workspace).map(({ meter, ...use }) => ({ ...use, meterId: meter.id }))
  for (let index = 0; ; index += 1) {
    const period = periodNumber(periodAnchor, index, plan.interval)
    if (period.endMs > untilMs) break
    const priced = periodUse(catalog.meters, (meterId) => planLimit(plan, meterOf(catalog, meterId)), period, uses)
    insertUnits(unit, id, period, priced, null)
  }
  for (let sent = unsentUnits(unit, AT_ONCE); sent.length > 0; sent = unsentUnits(unit, AT_ONCE)) markSent(unit, sent)
}

const AT_ONCE = 1_000
