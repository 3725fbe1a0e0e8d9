import { randomUUID } from 'node:crypto'
import { findMeter } from '../../../shared/billing/catalog.ts'
import { amountText } from '../../../shared/billing/quantity-text.ts'
import { isoTime } from '../clock.ts'
import type { Unit } from '../store/store.ts'
import { hasFired, markFired, placeOf, publishEvent } from './fired-events.ts'
import { rulesOf } from './rules.ts'

const RULE = 'first:refusal'
/** An alert that fires on the limit or before it is meant for this: what is refused is lost time, whatever the counter says. */
const UP_TO_PERCENT = 100

/**
 * Tells a workspace that a meter has refused something, once a period and before its last alert up to the limit has fired. A write that is larger than what is left is refused long before the
 * counter stands at its limit, and no threshold would ever fire. By the channels of the alerts that are on.
 */
export function alertOfFirstRefusal(
  unit: Unit,
  workspaceId: string,
  { meter: metric, used, limit, reason }: { meter: string; used: number | undefined; limit: number | undefined; reason: string | undefined },
): void {
  const { catalog, periodStartMs, periodEndMs } = placeOf(unit, workspaceId)
  const meter = findMeter(catalog, metric)
  if (meter === undefined || used === undefined || limit === undefined || limit <= 0) return
  const rules = rulesOf(unit.file, workspaceId, catalog).filter(({ measure, enabled, at }) => measure === 'limit' && enabled && at <= UP_TO_PERCENT)
  const last = rules.toSorted((one, other) => other.at - one.at)[0]
  // Who was told that the limit is reached need not hear that it refuses.
  if (last === undefined || hasFired(unit, { workspaceId, rule: last.id, subject: metric, periodStartMs })) return
  if (!markFired(unit, { workspaceId, rule: RULE, subject: metric, periodStartMs })) return
  const event = {
    id: randomUUID(),
    fired_at: isoTime(unit.now),
    period: { start: isoTime(periodStartMs), end: isoTime(periodEndMs) },
    measure: 'limit' as const,
    meter: metric,
    used,
    limit,
    thresholds: [{ rule: RULE, name: 'First refusal', at: limit }],
    channels: [...new Set(rules.flatMap(({ channels }) => channels))],
    text: `${meter.name}: ${amountText(meter, used, 'down')} of ${amountText(meter, limit)}. The first refusal of this period${reason === undefined ? '.' : `: ${reason}`}`,
  }
  publishEvent(unit, workspaceId, event, catalog)
}
