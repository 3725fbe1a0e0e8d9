import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import type { DebitLine } from '../../../shared/billing/pricing.ts'
import { capLines, microAuToWire, settledMicroAu } from '../../../shared/billing/wallet.ts'
import type { runResponse } from '../../../shared/contract/platform/wallet.ts'
import { isoTime } from '../clock.ts'
import { notFound, Refusal } from '../http/failure.ts'
import type { Unit } from '../store/store.ts'
import type { RunsTable } from '../store/wallet-tables.ts'
import { admit, type Spending } from './admission.ts'
import type { Circle } from './circle.ts'
import { type Cost, costOf, ledgerDebits } from './costs.ts'
import { announceWallet, debitLineDocument } from './documents.ts'
import { exactAmount, writeLines } from './ledger.ts'

type RunDocument = z.output<typeof runResponse>
type RunRow = Selectable<RunsTable>

/** Debits a run at once, or holds its highest cost. @returns what was done, or why it is refused. */
export async function startRun(unit: Unit, circle: Circle, spending: Spending): Promise<RunDocument | Refusal> {
  if (spending.instanceId !== null) await requireActiveInstance(unit, circle, spending.instanceId, spending.element)
  const cost = costOf(circle.book, spending)
  const refusal = await admit(unit, circle, spending, cost)
  if (refusal !== null) return refusal
  const total = exactAmount(cost.totalMicroAu)
  const run: RunRow = {
    id: randomUUID(),
    circle_id: circle.id,
    member_id: spending.memberId,
    element: spending.element,
    operation: spending.operation,
    instance_id: spending.instanceId,
    quantities: JSON.stringify(spending.quantities),
    ...(spending.reserve
      ? { status: 'reserved', reserved_micro_au: total, debited_micro_au: null, expires_at: unit.now + circle.book.policy.reserveMs, ended_at: null }
      : { status: 'settled', reserved_micro_au: 0, debited_micro_au: total, expires_at: null, ended_at: unit.now }),
    created_at: unit.now,
  }
  await unit.tx.insertInto('runs').values(run).execute()
  if (spending.reserve) await writeLines(unit, circle, [], cost.totalMicroAu)
  else await writeLines(unit, circle, ledgerDebits(run, capLines(cost.lines, cost.totalMicroAu), originOf(run)))
  return runDocument(circle, run, cost)
}

/**
 * Debits what a reserved run really cost, on a hard wall at most what was reserved, and frees the rest. The same
 * settlement again is answered as it was. @throws Refusal 404, or 409 for a run that is over in another way.
 */
export async function settleRun(unit: Unit, circle: Circle, runId: string, quantities: Readonly<Record<string, number>>): Promise<RunDocument> {
  const run = await unit.tx.selectFrom('runs').selectAll().where('id', '=', runId).where('circle_id', '=', circle.id).executeTakeFirst()
  if (run === undefined) throw notFound('run with this id', 'Start one with POST /api/{circle}/runs.')
  if (run.status === 'expired') throw new Refusal('reserve_expired', 'The reserve of this run has expired; nothing was debited.', 'Start the run again.')
  const cost = costOf(circle.book, { element: run.element, operation: run.operation, quantities })
  if (run.status === 'settled') {
    if (run.quantities === JSON.stringify(quantities)) return runDocument(circle, run, cost)
    throw new Refusal('run_settled', 'This run is settled with other quantities.', 'A settled run does not change. Look at the ledger.')
  }
  const debited = settledMicroAu(cost.totalMicroAu, BigInt(run.reserved_micro_au), circle.hardWall)
  const settled: RunRow = { ...run, status: 'settled', quantities: JSON.stringify(quantities), debited_micro_au: exactAmount(debited), ended_at: unit.now }
  await unit.tx.updateTable('runs').set(settled).where('id', '=', run.id).execute()
  await writeLines(unit, circle, ledgerDebits(run, capLines(cost.lines, debited), originOf(run)), -BigInt(run.reserved_micro_au))
  return runDocument(circle, settled, cost)
}

/** Frees what runs hold that were never settled. */
export async function expireReserves(unit: Unit, circle: Circle): Promise<void> {
  const expired = await unit.tx
    .updateTable('runs')
    .set({ status: 'expired', ended_at: unit.now })
    .where('circle_id', '=', circle.id)
    .where('status', '=', 'reserved')
    .where('expires_at', '<=', unit.now)
    .returning('reserved_micro_au')
    .execute()
  const freed = expired.reduce((sum, { reserved_micro_au: held }) => sum + BigInt(held), 0n)
  if (freed > 0n) await writeLines(unit, circle, [], -freed)
  else if (expired.length > 0) await announceWallet(unit, circle)
}

async function requireActiveInstance(unit: Unit, circle: Circle, id: string, element: string): Promise<void> {
  const instance = await unit.tx
    .selectFrom('instances')
    .select('suspended_at')
    .where('id', '=', id)
    .where('circle_id', '=', circle.id)
    .where('element', '=', element)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (instance === undefined) throw notFound(`instance of ${element} with this id`, 'List the instances with GET /api/{circle}/instances.')
  if (instance.suspended_at !== null)
    throw new Refusal('instance_suspended', 'This instance is suspended: its daily existence did not fit the balance.', 'Top up the wallet.')
}

function originOf({ id, instance_id, member_id }: RunRow): Pick<RunRow, 'instance_id' | 'member_id'> & { run_id: string } {
  return { run_id: id, instance_id, member_id }
}

function runDocument({ wallet }: Circle, run: RunRow, { lines }: Cost): RunDocument {
  return {
    run_id: run.id,
    status: run.status === 'reserved' ? 'reserved' : 'settled',
    lines: debitedLines(run, lines),
    total_micro_au: run.debited_micro_au ?? run.reserved_micro_au,
    balance_micro_au: wallet.balance_micro_au,
    held_micro_au: wallet.held_micro_au,
    expires_at: run.expires_at === null || run.status !== 'reserved' ? null : isoTime(run.expires_at),
  }
}

/** The lines with what they really debited, so that they sum to the total. */
function debitedLines(run: RunRow, lines: readonly DebitLine[]) {
  if (run.debited_micro_au === null) return lines.map(debitLineDocument)
  return capLines(lines, BigInt(run.debited_micro_au)).map(({ line, debitedMicroAu }) => ({
    ...debitLineDocument(line),
    amount_micro_au: microAuToWire(debitedMicroAu),
  }))
}
