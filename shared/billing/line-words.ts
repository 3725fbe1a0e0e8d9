/** A line of the statement in words, the same on preview, confirmation, order, receipt and invoice. */
import { BALANCE, type StatementLine } from './statement.ts'

/** @param nameOf the name of a plan or booster. */
export function lineLabel(
  line: Pick<StatementLine, 'kind' | 'subjectId' | 'unit' | 'quantity' | 'listUnitPriceMicros' | 'listAmountMicros'>,
  nameOf: (id: string) => string,
): string {
  switch (line.kind) {
    case 'plan':
      return isPart(line) ? `Remaining time on ${nameOf(line.subjectId)}` : nameOf(line.subjectId)
    case 'seat':
      return isPart(line) ? `Remaining time with ${moreSeats(line.quantity)}` : moreSeats(line.quantity)
    case 'credit':
      if (line.subjectId === BALANCE) return line.listAmountMicros < 0n ? 'Paid from your balance' : 'Kept in your balance'
      return line.unit === 'seat' ? `Unused time with ${moreSeats(line.quantity)}` : `Unused time on ${nameOf(line.subjectId)}`
    case 'booster':
      return nameOf(line.subjectId)
    case 'top_up':
      return `Top-up of ${line.quantity} AU`
    case 'tax':
      return 'Tax'
    case 'usage':
      return nameOf(line.subjectId)
  }
}

export function moreSeats(seats: bigint | number): string {
  return BigInt(seats) === 1n ? '1 more seat' : `${seats} more seats`
}

/** For less than the whole interval. */
function isPart({ quantity, listUnitPriceMicros, listAmountMicros }: Pick<StatementLine, 'quantity' | 'listUnitPriceMicros' | 'listAmountMicros'>): boolean {
  return listAmountMicros !== quantity * listUnitPriceMicros
}
