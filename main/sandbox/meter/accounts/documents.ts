/** The documents of the changes feed, built from rows, and the calls that make them known. The shapes are the contract's. */
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import { type Catalog, meterOf } from '../../../../shared/billing/catalog.ts'
import { counterAllowed } from '../../../../shared/billing/quota.ts'
import type * as contract from '../../../../shared/contract/platform.ts'
import { MAX_ENVELOPE_BYTES } from '../../../../shared/contract/platform.ts'
import type { memberDocument as memberSchema } from '../../../../shared/contract/platform/account.ts'
import type { boosterDocument as boosterSchema, quotedState } from '../../../../shared/contract/platform/purchase.ts'
import type { period } from '../../../../shared/contract/primitives.ts'
import { isoTime } from '../../clock.ts'
import type { PurchaseTables } from '../../store/purchase-tables.ts'
import type { Deployment, DevicesTable, SubKeysTable } from '../../store/schema.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, basePlanOf, counterOf, type CounterRow, hasEnded, limitOf, metersInForce } from './account.ts'

/** Rises when a console that knows only the last one could not work with this platform. */
const CONTRACT_VERSION = 1
const PLATFORM_VERSION = 'sandbox-1'

export type WorkspaceDocument = {
  id: string
  name: string
  catalog: string
  deployment: Deployment
  capabilities: string[]
  max_envelope_bytes: number
  versions: { platform: string; contract: number }
}

export function counterDocument(catalog: Catalog, row: CounterRow): z.output<typeof contract.counter> {
  const meter = meterOf(catalog, row.metric)
  return {
    metric: row.metric,
    used: row.used,
    limit: row.quota_limit,
    period: meter.period,
    unit: meter.unit,
    allowed: counterAllowed(limitOf(row), row.used),
    version: row.version,
  }
}

/** The counters in force, in the order of the catalog. */
export function counterDocuments(account: Account): z.output<typeof contract.counter>[] {
  return metersInForce(account).map((meter) => counterDocument(account.catalog, counterOf(account, meter)))
}

export function periodDocument({ workspace }: Account): z.output<typeof period> {
  return { start: isoTime(workspace.period_start), end: isoTime(workspace.period_end) }
}

export function planDocument(account: Account): z.output<typeof contract.planResponse> {
  const rows = account.catalog.meters.map((meter) => counterOf(account, meter))
  return {
    plan: hasEnded(account) ? null : planInForceDocument(account),
    usage: Object.fromEntries(rows.map(({ metric, used }) => [metric, used])),
    limits: Object.fromEntries(rows.map(({ metric, quota_limit: limit }) => [metric, limit])),
    period: periodDocument(account),
  }
}

function planInForceDocument(account: Account): z.output<typeof contract.planInForce> {
  const { plan, workspace } = account
  const { pending_change: pendingChange, cancel_at: cancelAt } = nextPlan(account)
  return {
    id: plan.id,
    name: plan.name,
    price_cents: plan.priceCents,
    currency: plan.currency,
    interval: plan.interval,
    ...(plan.hardWall === null ? {} : { hard_wall: plan.hardWall }),
    cancel_at_period_end: cancelAt !== null,
    payment_method: workspace.payment_method,
    subscribed: workspace.subscription_id !== null && !isAgreed(account),
    ...(plan.seatPriceCents === null ? {} : { seats: workspace.seats }),
    pending_change: pendingChange,
    cancel_at: cancelAt,
  }
}

/** What follows the plan in force: another one, its end, or neither. What runs out beside an agreed plan is none of it. */
export function nextPlan(account: Account): Pick<z.output<typeof quotedState>, 'pending_change' | 'cancel_at'> {
  const { workspace } = account
  if (workspace.subscription_id === null || isAgreed(account)) return { pending_change: null, cancel_at: null }
  const at = isoTime(workspace.period_end)
  if (workspace.cancel_at_period_end === 1) return { pending_change: null, cancel_at: at }
  return { pending_change: workspace.pending_plan_id === null ? null : { plan: workspace.pending_plan_id, at }, cancel_at: null }
}

/** The plan in force is one that was agreed, and goes on whatever becomes of a subscription. */
export function isAgreed(account: Account): boolean {
  return account.workspace.base_plan_id !== null && basePlanOf(account).id === account.plan.id
}

/** Without the member: that is whoever asks, so it is added when the document is read. */
export function workspaceDocument({ workspace, catalog }: Account): WorkspaceDocument {
  return {
    id: workspace.id,
    name: workspace.name,
    catalog: catalog.id,
    deployment: workspace.deployment,
    capabilities: [...catalog.capabilities],
    max_envelope_bytes: MAX_ENVELOPE_BYTES,
    versions: { platform: PLATFORM_VERSION, contract: CONTRACT_VERSION },
  }
}

export function deviceDocument(row: Selectable<DevicesTable>, sessionOpen: boolean): z.output<typeof contract.deviceDocument> {
  return {
    id: row.id,
    created_at: isoTime(row.created_at),
    revoked_at: nullableTime(row.revoked_at),
    last_seen_at: nullableTime(row.last_seen_at),
    session_open: sessionOpen,
  }
}

export function deviceCounterDocument(row: Selectable<DevicesTable>): z.output<typeof contract.deviceCounter> {
  return { device_id: row.id, stored_envelopes: row.stored_envelopes, stored_bytes: row.stored_bytes, sync_operations: row.sync_operations }
}

export function subKeyDocument(row: Selectable<SubKeysTable>): z.output<typeof contract.subKeyDocument> {
  return {
    id: row.id,
    device_id: row.device_id,
    created_at: isoTime(row.created_at),
    revoked_at: nullableTime(row.revoked_at),
    stored_envelopes: row.stored_envelopes,
    stored_bytes: row.stored_bytes,
  }
}

export function checkoutDocument(row: Selectable<PurchaseTables['checkouts']>): z.output<typeof contract.checkoutDocument> {
  const { product, product_id: productId, quantity } = row
  return {
    id: row.id,
    status: row.status,
    plan: product === 'plan' ? productId : null,
    ...(product === 'booster' && productId !== null ? { booster: productId } : {}),
    ...(product === 'seats' ? { seats: quantity } : {}),
    ...(product === 'top_up' ? { top_up_au: quantity, ...(productId === null ? {} : { circle: productId }) } : {}),
    amount_cents: row.amount_cents,
    currency: row.currency,
    created_at: isoTime(row.created_at),
    expires_at: isoTime(row.expires_at),
    applied: row.applied === 1,
    decline_reason: row.decline_reason,
  }
}

export function memberDocument({ id, name, role }: { id: string; name: string; role: string }): z.output<typeof memberSchema> {
  return { id, name, role }
}

export function boosterDocument(row: Selectable<PurchaseTables['boosters']>): z.output<typeof boosterSchema> {
  return {
    id: row.id,
    booster: row.booster,
    resource: row.resource,
    amount: row.amount,
    quantity: row.quantity,
    purchased_at: isoTime(row.purchased_at),
    expires_at: isoTime(row.expires_at),
  }
}

/** Makes counters known, and the plan document with them, because it shows their use and limits. */
export function announceCounters(unit: Unit, account: Account, meterIds: Iterable<string>): void {
  const { id: workspaceId } = account.workspace
  for (const meterId of meterIds) {
    const row = counterOf(account, { id: meterId })
    unit.changes.put({ workspaceId, topic: 'counter', id: meterId, version: row.version, body: counterDocument(account.catalog, row) })
  }
  unit.changes.put({ workspaceId, topic: 'plan', id: 'plan', body: planDocument(account) })
}

function nullableTime(epochMs: number | null): string | null {
  return epochMs === null ? null : isoTime(epochMs)
}
