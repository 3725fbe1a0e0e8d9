import type { Statement } from 'better-sqlite3'
import type { Selectable } from 'kysely'
import type { DebitLine } from '../../../shared/billing/pricing.ts'
import { exactNumber } from '../../../shared/billing/rounding.ts'
import { Refusal } from '../http/failure.ts'
import type { SqliteFile } from '../store/open.ts'
import type { Unit } from '../store/store.ts'
import type { LedgerLinesTable } from '../store/wallet-tables.ts'
import type { Circle } from './circle.ts'
import { announceWallet, ledgerLineDocument } from './documents.ts'

export type LedgerRow = Selectable<LedgerLinesTable>

/** A line before it has its number and its balance. */
export type NewLine = { kind: LedgerRow['kind']; amountMicroAu: bigint } & Partial<
  Pick<
    LedgerRow,
    | 'element'
    | 'operation'
    | 'dimension'
    | 'quantity'
    | 'rate_micro_au'
    | 'per'
    | 'scope'
    | 'waived_micro_au'
    | 'run_id'
    | 'instance_id'
    | 'member_id'
    | 'reference'
  >
>

/**
 * The only way in which a balance moves: appends lines to the ledger, the balance with them, and changes what is held
 * back. Decided on the wallet as `circle` has it: where somebody else moved it since, nothing is written.
 *
 * @throws Refusal 422 where an amount would not be exact any more (2^53 micro-AU).
 */
export async function writeLines(unit: Unit, circle: Circle, lines: readonly NewLine[], heldChangeMicroAu = 0n): Promise<LedgerRow[]> {
  const before = circle.wallet
  let balance = BigInt(before.balance_micro_au)
  const rows = lines.map((line, index): LedgerRow => {
    balance += line.amountMicroAu
    return toRow({ circle_id: circle.id, number: before.last_line + 1 + index, at: unit.now }, line, balance)
  })
  const after = await unit.tx
    .updateTable('wallets')
    .set({
      balance_micro_au: exactAmount(balance),
      held_micro_au: exactAmount(BigInt(before.held_micro_au) + heldChangeMicroAu),
      last_line: before.last_line + rows.length,
    })
    .where('circle_id', '=', circle.id)
    .where('last_line', '=', before.last_line)
    .where('held_micro_au', '=', before.held_micro_au)
    .returningAll()
    .executeTakeFirst()
  if (after === undefined) throw new Error(`The wallet of ${circle.id} was moved by somebody else in the meantime`)
  keepRows(unit, circle, rows)
  circle.wallet = after
  await announceWallet(unit, circle)
  return rows
}

/** The full debit of a priced line. */
export function debitOf(line: DebitLine, of: Pick<NewLine, 'element' | 'operation' | 'run_id' | 'instance_id' | 'member_id' | 'reference'>): NewLine {
  return {
    kind: 'debit',
    amountMicroAu: -line.amountMicroAu,
    dimension: line.dimension,
    quantity: exactNumber(line.quantity),
    rate_micro_au: exactNumber(line.rateMicroAu),
    per: exactNumber(line.per),
    scope: line.scope,
    ...of,
  }
}

/** A line at its place in the ledger, with what the wallet holds after it. @throws Refusal 422 as `writeLines`. */
export function toRow(place: Pick<LedgerRow, 'circle_id' | 'number' | 'at'>, line: NewLine, balanceMicroAu: bigint): LedgerRow {
  return {
    ...place,
    kind: line.kind,
    amount_micro_au: exactAmount(line.amountMicroAu),
    balance_micro_au: exactAmount(balanceMicroAu),
    element: line.element ?? null,
    operation: line.operation ?? null,
    dimension: line.dimension ?? null,
    quantity: line.quantity ?? null,
    rate_micro_au: line.rate_micro_au ?? null,
    per: line.per ?? null,
    scope: line.scope ?? null,
    waived_micro_au: line.waived_micro_au ?? 0,
    run_id: line.run_id ?? null,
    instance_id: line.instance_id ?? null,
    member_id: line.member_id ?? null,
    reference: line.reference ?? null,
  }
}

/** Lines with their numbers and balances, into the ledger and the feed. Whoever calls this moves the wallet to the last of them. */
export function keepRows({ file, changes }: Pick<Unit, 'file' | 'changes'>, { id, account }: Pick<Circle, 'id' | 'account'>, rows: readonly LedgerRow[]): void {
  const insert = insertOf(file)
  for (const row of rows) {
    insert.run(row)
    changes.put({ workspaceId: account.workspace.id, topic: 'ledger_line', id: `${id}/${row.number}`, body: ledgerLineDocument(row) })
  }
}

/** Prepared, not built: a day of existence may bring a thousand lines. */
function insertOf(file: SqliteFile): Statement<[LedgerRow]> {
  const known =
    kept.get(file) ??
    file.prepare<[LedgerRow]>(
      `INSERT INTO ledger_lines (circle_id, number, at, kind, amount_micro_au, balance_micro_au, element, operation, dimension, quantity, rate_micro_au, per, scope, waived_micro_au,
         run_id, instance_id, member_id, reference)
       VALUES (@circle_id, @number, @at, @kind, @amount_micro_au, @balance_micro_au, @element, @operation, @dimension, @quantity, @rate_micro_au, @per, @scope, @waived_micro_au,
         @run_id, @instance_id, @member_id, @reference)`,
    )
  kept.set(file, known)
  return known
}

const kept = new WeakMap<SqliteFile, Statement<[LedgerRow]>>()

/** @throws Refusal 422 for an amount that a number cannot hold exactly. */
export function exactAmount(amountMicroAu: bigint): number {
  try {
    return exactNumber(amountMicroAu)
  } catch {
    throw new Refusal('amount_too_large', `${amountMicroAu} micro-AU is more than a wallet can hold.`, 'Ask for less at once.')
  }
}
