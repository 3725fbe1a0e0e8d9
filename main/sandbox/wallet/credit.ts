import { openAccount } from '../meter/open-account.ts'
import type { Unit } from '../store/store.ts'
import { circlesOf } from './circles.ts'
import { goOn } from './existence.ts'
import { writeLines } from './ledger.ts'

/** Which wallet, and its balance before and after. */
export type Credited = { circleId: string; oldMicroAu: number; newMicroAu: number }

/**
 * Credits a paid top-up to a circle of the workspace, in whole micro-AU. The same payment (`reference`) is credited
 * once, however often it is told of. Instances that were suspended for want of balance go on while it lasts.
 *
 * @param circleId null: the oldest, which had all top-ups when nobody could name one
 * @returns null where it was credited before.
 * @throws Error for an amount that is not whole and above zero, or a workspace without a circle.
 */
export async function creditTopUp(
  unit: Unit,
  workspaceId: string,
  amountMicroAu: number,
  reference: string,
  circleId: string | null = null,
): Promise<Credited | null> {
  if (!Number.isSafeInteger(amountMicroAu) || amountMicroAu <= 0) throw new RangeError(`${amountMicroAu} micro-AU cannot be credited`)
  const circles = await circlesOf(unit, await openAccount(unit, workspaceId))
  const circle = circleId === null ? circles[0] : circles.find(({ id }) => id === circleId)
  if (circle === undefined) throw new Error(`Workspace ${workspaceId} has no circle ${circleId ?? 'to credit'}`)
  const known = await unit.tx
    .selectFrom('ledger_lines')
    .select('number')
    .where('circle_id', '=', circle.id)
    .where('reference', '=', reference)
    .where('kind', '=', 'top_up')
    .executeTakeFirst()
  if (known !== undefined) return null
  const [line] = await writeLines(unit, circle, [{ kind: 'top_up', amountMicroAu: BigInt(amountMicroAu), reference }])
  await goOn(unit, circle)
  return line === undefined ? null : { circleId: circle.id, oldMicroAu: line.balance_micro_au - amountMicroAu, newMicroAu: line.balance_micro_au }
}
