import { noteAct } from '../audit/acts.ts'
import { Refusal } from '../http/failure.ts'
import { isAgreed } from '../meter/accounts/documents.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import { permissionIn } from '../permissions/permission.ts'
import type { Store, Unit } from '../store/store.ts'
import type { PortalDoor } from './embedded/portal-door.ts'

const portalActions = ['change', 'cancel'] as const
/** What the operator has set the real Polar's portal to allow about plans. The embedded one asks for each member instead. */
export type PortalAction = (typeof portalActions)[number]

/**
 * `POLAR_PORTAL_ALLOWS`: `change`, `cancel`, both with a comma between them, or `none`. Left out, everything is taken to be allowed: a portal that
 * gives too much must not be opened by mistake. @throws RangeError for anything else.
 */
export function portalAllowsOf(text: string | undefined): readonly PortalAction[] {
  if (text === undefined || text.trim() === '') return portalActions
  if (text.trim() === 'none') return []
  return text.split(',').map((word) => {
    const action = portalActions.find((known) => known === word.trim())
    if (action === undefined) throw new RangeError(`POLAR_PORTAL_ALLOWS may be none, or ${portalActions.join(', ')}; it is ${text}`)
    return action
  })
}

/** Who opens the portal, in which tenant. */
type Opener = { memberId: string; role: string; homeWorkspaceId: string }

/** How long after an act in the portal Polar may tell of it: a webhook that is lost is made up for by a look within the hour. */
const TOLD_WITHIN_MS = 2 * 3_600_000
const AGREED = 'The plan in force was agreed with you. Whoever runs the platform changes it.'

/** Why whoever opens the portal may do nothing about the plan in it, in words; null: they may. */
function whyPlanLocked(account: Account, opener: Pick<Opener, 'role' | 'homeWorkspaceId'>): string | null {
  const answer = permissionIn(account, opener, 'update_plan')
  if (answer.allowed !== true) return answer.reason
  return isAgreed(account) ? AGREED : null
}

/**
 * A real Polar session takes no rights: whoever opens it may do what the operator's settings allow. So a member who may not change the plan gets none
 * where they allow anything about plans. (shared/contract/README.md, "The customer portal")
 *
 * @throws Refusal 403 `forbidden` with the reason in words.
 */
export function refuseRightsNobodyLimits(account: Account, opener: Pick<Opener, 'role' | 'homeWorkspaceId'>, allows: readonly PortalAction[]): void {
  const locked = allows.length === 0 ? null : whyPlanLocked(account, opener)
  if (locked === null) return
  const reason = `${locked} The customer portal lets whoever opens it ${allows.join(' and ')} the plan, so it is not opened for you.`
  throw new Refusal('forbidden', reason, 'Invoices can be downloaded here; ask a member who may change the plan for the rest.', { reason })
}

/** Remembers whose session it is. @param openEnded at a Polar that tells nobody what is done in it: whatever happens until its end may be this member's doing. */
export async function notePortalSession(
  unit: Unit,
  account: Account,
  opener: Opener,
  session: { id: string; expiresMs: number },
  openEnded: boolean,
): Promise<void> {
  const { id: workspaceId } = account.workspace
  await unit.tx.deleteFrom('portal_sessions').where('expires_at', '<=', unit.now).execute()
  await unit.tx
    .insertInto('portal_sessions')
    .values({ id: session.id, workspace_id: workspaceId, member_id: opener.memberId, expires_at: session.expiresMs })
    .execute()
  if (!openEnded || whyPlanLocked(account, opener) !== null) return
  await noteAct(unit, { workspaceId, memberId: opener.memberId, via: 'portal', expects: null, untilMs: session.expiresMs + TOLD_WITHIN_MS })
}

/** What the embedded Polar asks about its sessions: the rights of the member who opened one, as they are now. */
export function portalDoor(store: Store): PortalDoor {
  return {
    whyLocked: (sessionId) =>
      store.write(async (unit) => {
        const session = await findSession(unit, sessionId)
        // One that no member opened has no member's rights.
        if (session === undefined) return 'This portal was not opened by a member.'
        return whyPlanLocked(await openAccount(unit, session.workspaceId), session)
      }),
    announce: (sessionId, act) =>
      store.write(async (unit) => {
        const session = await findSession(unit, sessionId)
        if (session === undefined) return
        const { workspaceId, memberId } = session
        await noteAct(unit, { workspaceId, memberId, via: 'portal', expects: act, untilMs: unit.now + TOLD_WITHIN_MS })
      }),
  }
}

async function findSession({ tx }: Unit, sessionId: string): Promise<(Opener & { workspaceId: string }) | undefined> {
  const row = await tx
    .selectFrom('portal_sessions')
    .innerJoin('members', 'members.id', 'portal_sessions.member_id')
    .select(['portal_sessions.workspace_id as workspaceId', 'members.id as memberId', 'members.role', 'members.workspace_id as homeWorkspaceId'])
    .where('portal_sessions.id', '=', sessionId)
    .executeTakeFirst()
  return row
}
