import type { Unit } from '../store/store.ts'

/** Who did it, and by which way; `system`: nobody is known to have. */
export type Cause = { actor: string; via: 'checkout' | 'approval' | 'portal' | null; members?: readonly string[] }
export const SYSTEM: Cause = { actor: 'system', via: null }

/** What may have happened at the payment provider, which says what is so and never who did it. */
export type Happening =
  | { kind: 'plan'; planId: string }
  | { kind: 'end' }
  | { kind: 'cancel' }
  | { kind: 'resume' }
  | { kind: 'schedule'; planId: string }
  | { kind: 'unschedule' }
  | { kind: 'seats'; seats: number }

export type CauseOf = (happening: Happening) => Promise<Cause>

type Act = {
  workspaceId: string
  memberId: string
  via: 'approval' | 'portal'
  /** Null: whatever the customer portal can do. */
  expects: Happening | null
  untilMs: number
}

/** Remembers who is about to do something at the payment provider, which will say what happened and not who did it. */
export async function noteAct(unit: Unit, { workspaceId, memberId, via, expects, untilMs }: Act): Promise<void> {
  await unit.tx.deleteFrom('plan_acts').where('workspace_id', '=', workspaceId).where('expires_at', '<=', unit.now).execute()
  await unit.tx
    .insertInto('plan_acts')
    .values({
      workspace_id: workspaceId,
      member_id: memberId,
      via,
      expects: expects === null ? null : JSON.stringify(expects),
      created_at: unit.now,
      expires_at: untilMs,
    })
    .execute()
}

/** Who did it: the newest who said so, else the one who may have. Where several may have, nobody is named alone. */
export async function causeOfAct(unit: Unit, workspaceId: string, happening: Happening): Promise<Cause> {
  const rows = await unit.tx
    .selectFrom('plan_acts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('expires_at', '>', unit.now)
    .orderBy('id', 'desc')
    .execute()
  const expected = JSON.stringify(happening)
  const exact = rows.find(({ expects }) => expects === expected)
  if (exact !== undefined) return { actor: exact.member_id, via: exact.via }
  const members = [...new Set(rows.filter(({ expects }) => expects === null).map(({ member_id: memberId }) => memberId))]
  const [only] = members
  if (only === undefined) return SYSTEM
  return members.length === 1 ? { actor: only, via: 'portal' } : { actor: 'system', via: 'portal', members }
}
