import { randomUUID } from 'node:crypto'
import { needsApproval, decideRun, microAuToWire } from '../../../shared/billing/wallet.ts'
import { isoTime } from '../clock.ts'
import { Refusal } from '../http/failure.ts'
import type { Unit } from '../store/store.ts'
import { availableMicroAu, type Circle } from './circle.ts'
import type { Cost, Operation } from './costs.ts'
import { exactAmount } from './ledger.ts'

/** What somebody wants to spend on: a confirmation is for exactly this, and for the one who was asked. */
export type Spending = Operation & { memberId: string; instanceId: string | null; reserve: boolean; approvalId: string | null }

/**
 * Decides under the circle's lock whether an operation may be debited: one transaction at a time reads the balance and
 * writes the debit. 402 comes before 428. A confirmation is used up only where the operation is admitted.
 *
 * @returns null when it is admitted, else the refusal. It is not thrown: the question for an approval must be committed.
 * @throws Refusal 422 for a cost that no wallet can hold.
 */
export async function admit(unit: Unit, circle: Circle, spending: Spending, { totalMicroAu }: Cost): Promise<Refusal | null> {
  const total = exactAmount(totalMicroAu)
  const { policy } = circle.book
  const request = boundRequest(spending)
  const approvalId = needsApproval(policy, totalMicroAu) ? await findApproval(unit, circle, spending, request, total) : null
  const available = availableMicroAu(circle)
  const decision = decideRun({ totalMicroAu, balanceMicroAu: available, hardWall: circle.hardWall, approved: approvalId !== null, policy })
  switch (decision) {
    case 'admitted':
      if (approvalId !== null) await unit.tx.updateTable('approvals').set({ used_at: unit.now }).where('id', '=', approvalId).execute()
      return null
    case 'insufficient_balance':
      return new Refusal(
        'insufficient_balance',
        `This costs ${totalMicroAu} micro-AU, and ${available} are left in the wallet of ${circle.id}.`,
        'Top up the wallet, ask for less, or change to a plan that may dip below zero.',
        { total_micro_au: microAuToWire(totalMicroAu), available_micro_au: microAuToWire(available) },
      )
    case 'approval_required':
      return await askForApproval(unit, circle, spending, request, total)
  }
}

async function findApproval(unit: Unit, circle: Circle, { memberId, approvalId }: Spending, request: string, total: number): Promise<string | null> {
  if (approvalId === null) return null
  const row = await unit.tx
    .selectFrom('approvals')
    .select('id')
    .where('id', '=', approvalId)
    .where('circle_id', '=', circle.id)
    .where('member_id', '=', memberId)
    .where('request', '=', request)
    .where('total_micro_au', '=', total)
    .where('used_at', 'is', null)
    .where('expires_at', '>', unit.now)
    .executeTakeFirst()
  return row?.id ?? null
}

async function askForApproval(unit: Unit, circle: Circle, { memberId, approvalId }: Spending, request: string, total: number): Promise<Refusal> {
  // What has run out can confirm nothing any more.
  await unit.tx.deleteFrom('approvals').where('expires_at', '<=', unit.now).execute()
  const id = randomUUID()
  const expiresAt = unit.now + circle.book.policy.approvalMs
  await unit.tx
    .insertInto('approvals')
    .values({ id, circle_id: circle.id, member_id: memberId, request, total_micro_au: total, expires_at: expiresAt, used_at: null })
    .execute()
  const message =
    approvalId === null
      ? `This costs ${total} micro-AU: confirm it first.`
      : `The confirmation is not for this, was used, or has run out. This costs ${total} micro-AU.`
  return new Refusal('approval_required', message, 'Confirm the amount, then send the same request with approval_id.', {
    approval_id: id,
    total_micro_au: total,
    expires_at: isoTime(expiresAt),
  })
}

/** The same for the same request, in whatever order its quantities were written. */
function boundRequest({ element, operation, instanceId, reserve, quantities }: Spending): string {
  const sorted = Object.entries(quantities).sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([element, operation, instanceId, reserve, sorted])
}
