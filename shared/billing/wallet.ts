/** 1 AU = 1,000,000 micro-AU = €1.00. (seed: triform) */
export const MICRO_AU_PER_AU = 1_000_000

/** How prominent a cost is, and from which amount on it needs a confirmation: policy data, not code. (seed: triform) */
export type CostPolicy = {
  readonly noticeFromMicroAu: bigint
  readonly insistentFromMicroAu: bigint
  /** Costs above this go through the approval gate. */
  readonly approvalAboveMicroAu: bigint
}
export type CostChip = 'quiet' | 'notice' | 'insistent'

export function costChip(policy: CostPolicy, totalMicroAu: bigint): CostChip {
  if (totalMicroAu >= policy.insistentFromMicroAu) return 'insistent'
  return totalMicroAu >= policy.noticeFromMicroAu ? 'notice' : 'quiet'
}

export function needsApproval(policy: CostPolicy, totalMicroAu: bigint): boolean {
  return totalMicroAu > policy.approvalAboveMicroAu
}

export type RunDecision = 'admitted' | 'insufficient_balance' | 'approval_required'

/**
 * Whether a run may start, under its circle's lock. On a hard wall its total must be covered by the balance; without
 * one the balance may dip negative. Zero cost always passes, and a missing balance is said before a missing approval.
 * (shared/contract/README.md, "Wallet")
 */
export function decideRun(run: { totalMicroAu: bigint; balanceMicroAu: bigint; hardWall: boolean; approved: boolean; policy: CostPolicy }): RunDecision {
  if (run.totalMicroAu === 0n) return 'admitted'
  if (run.hardWall && run.totalMicroAu > run.balanceMicroAu) return 'insufficient_balance'
  return needsApproval(run.policy, run.totalMicroAu) && !run.approved ? 'approval_required' : 'admitted'
}

/** What a settled run debits: the actual cost, on a hard wall at most what was reserved. */
export function settledMicroAu(actualMicroAu: bigint, reservedMicroAu: bigint, hardWall: boolean): bigint {
  return hardWall && actualMicroAu > reservedMicroAu ? reservedMicroAu : actualMicroAu
}

export type CappedLine<Line> = { readonly line: Line; readonly debitedMicroAu: bigint; readonly waivedMicroAu: bigint }

/** The lines with what each of them debits, so that together they debit at most `mostMicroAu`: the later lines give way. */
export function capLines<Line extends { readonly amountMicroAu: bigint }>(lines: readonly Line[], mostMicroAu: bigint): CappedLine<Line>[] {
  let left = mostMicroAu
  return lines.map((line) => {
    const debitedMicroAu = line.amountMicroAu < left ? line.amountMicroAu : left
    left -= debitedMicroAu
    return { line, debitedMicroAu, waivedMicroAu: line.amountMicroAu - debitedMicroAu }
  })
}

/** On the wire a micro-AU amount is a JSON integer while that is exact (below 2^53), else a decimal string. */
export function microAuToWire(amountMicroAu: bigint): number | string {
  const number = Number(amountMicroAu)
  return Number.isSafeInteger(number) ? number : amountMicroAu.toString()
}

/** Reads either form. Throws a RangeError for a number that is not exact and for text that is not a whole decimal number. */
export function microAuFromWire(amount: number | string): bigint {
  if (typeof amount === 'number' ? Number.isSafeInteger(amount) : /^-?\d{1,30}$/.test(amount)) return BigInt(amount)
  throw new RangeError(`${amount} is not a whole amount of micro-AU`)
}
