import { sql } from 'kysely'
import { meterOf, type Meter, refusalCode } from '../../../../shared/billing/catalog.ts'
import { limitFromWire } from '../../../../shared/billing/limit.ts'
import { quotaAdvice } from '../../../../shared/billing/quota-advice.ts'
import { quotaReason } from '../../../../shared/billing/quota-reason.ts'
import type { MeterCode } from '../../../../shared/contract/errors.ts'
import type { PlatformError } from '../../../../shared/contract/platform.ts'
import { Refusal } from '../../http/failure.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, counterOf, limitOf } from '../accounts/account.ts'
import { announceCounters } from '../accounts/documents.ts'

/**
 * Draws on meters: one conditional update each, so that two transactions together never pass a limit. All or none.
 *
 * @returns the first meter that has no room, or null when everything was drawn.
 */
export async function drawOn(unit: Unit, account: Account, amounts: Readonly<Record<string, number>>): Promise<Meter | null> {
  for (const [meterId, amount] of Object.entries(amounts)) {
    const meter = meterOf(account.catalog, meterId)
    const row = await unit.tx
      .updateTable('counters')
      .set((eb) => ({ used: eb('used', '+', amount), version: eb('version', '+', 1) }))
      .where('workspace_id', '=', account.workspace.id)
      .where('metric', '=', meter.id)
      .$if(meter.enforcement === 'refuse', (query) => query.where(sql<boolean>`(quota_limit = -1 OR used + ${amount} <= quota_limit)`))
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return meter
    account.counters.set(meter.id, row)
  }
  announceCounters(unit, account, Object.keys(amounts))
  return null
}

/** Makes room: a delete is never refused. Never below zero, whatever was counted before. */
export async function giveBack(unit: Unit, account: Account, amounts: Readonly<Record<string, number>>): Promise<void> {
  for (const [meterId, amount] of Object.entries(amounts)) {
    const row = await unit.tx
      .updateTable('counters')
      .set((eb) => ({ used: eb.fn<number>('max', [eb.val(0), eb('used', '-', amount)]), version: eb('version', '+', 1) }))
      .where('workspace_id', '=', account.workspace.id)
      .where('metric', '=', meterId)
      .returningAll()
      .executeTakeFirstOrThrow()
    account.counters.set(meterId, row)
  }
  announceCounters(unit, account, Object.keys(amounts))
}

/** Sets use or limit of counters; the version rises for those that really change, so a console knows that they did. */
export async function setCounters(unit: Unit, account: Account, values: Readonly<Record<string, { used?: number; limit?: number }>>): Promise<void> {
  const changed: string[] = []
  for (const [meterId, { used, limit }] of Object.entries(values)) {
    const before = counterOf(account, { id: meterId })
    const after = { used: used ?? before.used, quota_limit: limit ?? before.quota_limit }
    if (after.used === before.used && after.quota_limit === before.quota_limit) continue
    const row = await unit.tx
      .updateTable('counters')
      .set({ ...after, version: before.version + 1 })
      .where('workspace_id', '=', account.workspace.id)
      .where('metric', '=', meterId)
      .returningAll()
      .executeTakeFirstOrThrow()
    account.counters.set(meterId, row)
    changed.push(meterId)
  }
  if (changed.length > 0) announceCounters(unit, account, changed)
}

/** The words and numbers of a quota refusal, as a body of the error shape. */
export function quotaDetails(
  account: Account,
  meter: Meter,
  requested: number,
): Required<Pick<PlatformError, 'message' | 'meter' | 'used' | 'limit' | 'reason'>> & { code: MeterCode } {
  const row = counterOf(account, meter)
  const reason = quotaReason(account.catalog, { meter, planId: account.plan.id, used: row.used, requested, limit: limitOf(row) })
  return { code: refusalCode(meter), message: reason, meter: meter.id, used: row.used, limit: row.quota_limit, reason }
}

export function quotaRefusal(account: Account, meter: Meter, requested: number): Refusal {
  const { code, message, ...details } = quotaDetails(account, meter, requested)
  const { used, limit } = details
  const advice = quotaAdvice(account.catalog, { meter, planId: account.plan.id, used, requested, limit: limitFromWire(limit) })
  return new Refusal({ code, status: meter.refusalStatus }, message, advice, details)
}
