import { type PriceBook, priceTables } from '../../../shared/billing/price-book.ts'
import { type DebitLine, debitLines, ratesOf, totalMicroAu } from '../../../shared/billing/pricing.ts'
import { type CappedLine, costChip, microAuToWire, needsApproval } from '../../../shared/billing/wallet.ts'
import { notFound, Refusal } from '../http/failure.ts'
import { debitLineDocument } from './documents.ts'
import { debitOf, exactAmount, type NewLine } from './ledger.ts'

export type Operation = { element: string; operation: string; quantities: Readonly<Record<string, number>> }
export type Cost = { lines: DebitLine[]; totalMicroAu: bigint }

/**
 * What an operation costs: estimate and debit both ask here. Writes nothing. A dimension without a rule costs nothing; one that no
 * `pricing.yaml` declares is a mistake, and must not look like a free operation.
 *
 * @throws Refusal 404 for an unknown element, 422 for an unknown dimension.
 */
export function costOf(book: PriceBook, { element, operation, quantities }: Operation): Cost {
  if (!priceTables(book).has(element)) throw notFound(`element ${element}`, 'List the elements with GET /api/{circle}/elements.')
  const undeclared = Object.keys(quantities).find((name) => !book.dimensions.some(({ id }) => id === name))
  if (undeclared !== undefined) {
    const names = book.dimensions.map(({ id }) => id).join(', ')
    throw new Refusal('unknown_dimension', `There is no dimension ${undeclared.slice(0, 64)}.`, `The dimensions are ${names}.`)
  }
  const exact = Object.fromEntries(Object.entries(quantities).map(([dimension, quantity]) => [dimension, BigInt(quantity)]))
  const lines = debitLines(ratesOf(priceTables(book), element, operation), exact)
  return { lines, totalMicroAu: totalMicroAu(lines) }
}

export function estimateDocument({ policy }: PriceBook, { lines, totalMicroAu: total }: Cost) {
  return {
    lines: lines.map(debitLineDocument),
    total_micro_au: microAuToWire(total),
    chip: costChip(policy, total),
    approval_required: needsApproval(policy, total),
  }
}

/** The debit lines of an operation as the ledger has them. */
export function ledgerDebits(
  { element, operation }: Pick<Operation, 'element' | 'operation'>,
  lines: readonly CappedLine<DebitLine>[],
  of: Pick<NewLine, 'run_id' | 'instance_id' | 'member_id'>,
): NewLine[] {
  return lines.map(({ line, debitedMicroAu, waivedMicroAu }) => ({
    ...debitOf(line, { element, operation, ...of }),
    amountMicroAu: -debitedMicroAu,
    waived_micro_au: exactAmount(waivedMicroAu),
  }))
}
