import { openAccount } from '../meter/open-account.ts'
import type { Unit } from '../store/store.ts'
import { circlesOf } from './circles.ts'
import { goOn } from './existence.ts'
import { writeLines } from './ledger.ts'

/**
 * Credits a paid top-up to a circle of the workspace, in whole micro-AU. The same payment (`reference`) is credited
 * once, however often it is told of. Instances that were suspended for want of balance go on while it lasts.
 *
 * @param circleId null: the oldest, which had all top-ups when nobody could name one
 * @throws Error for an amount that is not whole and above zero, or a workspace without a circle.
 */
export async function creditTopUp(unit: Unit, workspaceId: string, amountMicroAu: number, reference: string, circleId: string | null = null): Promise<void> {
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
  if (known !== undefined) return
  await writeLines(unit, circle, [{ kind: 'top_up', amountMicroAu: BigInt(amountMicroAu), reference }])
  await goOn(unit, circle)
}
