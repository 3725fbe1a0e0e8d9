import type { MeteredEvent } from '../../../../shared/billing/metered-event.ts'
import type { WireUsageEvent } from '../../../../shared/contract/platform/usage.ts'
import type { UsageEvent } from './usage-event.ts'

/** An event of the wire as the meters take it. */
export function wireToEvent(wire: WireUsageEvent): UsageEvent {
  return {
    identity: { source: wire.source, id: wire.id },
    metric: wire.metric,
    measure: measureOf(wire, Date.parse(wire.timestamp)),
    ...(wire.service === undefined ? {} : { service: wire.service }),
    ...(wire.user_id === undefined ? {} : { userId: wire.user_id }),
    ...(wire.metadata === undefined ? {} : { metadata: wire.metadata }),
  }
}

function measureOf(wire: WireUsageEvent, atMs: number): MeteredEvent {
  if ('quantity' in wire) return { form: 'quantity', atMs, quantity: wire.quantity }
  if ('reading' in wire) return { form: 'reading', atMs, reading: wire.reading }
  return { form: 'key', atMs, key: wire.key }
}
