import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import type { Unit } from '../../store/store.ts'
import type { Account } from '../accounts/account.ts'
import { setCounters } from '../counters/counters.ts'
import { markKeyOf, usageRows } from './usage-rows.ts'

const MINUTE_MS = 60_000

/** The counter of a rate holds one minute: when that is over, it stands at zero until something comes again. */
export async function coolRates(unit: Unit, account: Account): Promise<void> {
  const { workspace, catalog, counters } = account
  const warm = catalog.meters.filter((meter) => meterKindOf(meter).window === 'minute' && (counters.get(meter.id)?.used ?? 0) > 0)
  const over = warm.filter((meter) => {
    const mark = usageRows(unit).readMark.get(workspace.id, meter.id, markKeyOf(meter, workspace.period_start))
    return mark === undefined || mark.at + MINUTE_MS <= unit.now
  })
  if (over.length > 0) await setCounters(unit, account, Object.fromEntries(over.map(({ id }) => [id, { used: 0 }])))
}
