import type { Checkout, ConsoleEvent } from '../../../shared/contract/console.ts'
import type { ActivityLog } from './activity-log.ts'
import { planMove, type PlanStanding } from './plan-moves.ts'

/** What the watch asks about a workspace when an event says that it changed. */
export type ActivityFacts = {
  /** Null: not known yet. */
  planStanding(workspaceId: string): PlanStanding | null
  meterName(workspaceId: string, meter: string): string
  /** The meter that most held items wait for; null when nothing is held. */
  heldBy(workspaceId: string): string | null
}

type Seen = { held: number; drainStartedAt: number | null; plan: PlanStanding | null; connection: string; checkout: Checkout['state'] | null }

/** Turns the engine's events into lines of the activity log: beginnings and ends, never each single item. */
export function watchActivity(log: ActivityLog, facts: ActivityFacts): (event: ConsoleEvent) => void {
  const seen = new Map<string, Seen>()
  const of = (workspaceId: string): Seen => {
    const known = seen.get(workspaceId) ?? { held: 0, drainStartedAt: null, plan: facts.planStanding(workspaceId), connection: '', checkout: null }
    seen.set(workspaceId, known)
    return known
  }

  return (event) => {
    switch (event.event) {
      case 'outbox.changed': {
        const { workspaceId, tally, drain } = event.payload
        const before = of(workspaceId)
        const held = tally.held?.count ?? 0
        if (held > 0 && before.held === 0) {
          const meter = facts.heldBy(workspaceId)
          log.add(
            workspaceId,
            'held',
            meter === null
              ? 'The platform refused writes; they are held on this computer.'
              : `${facts.meterName(workspaceId, meter)} is full. Writes are held on this computer.`,
          )
        }
        before.held = held
        if (!drain.active && drain.finishedAt !== null && drain.startedAt !== before.drainStartedAt && drain.deliveredCount > 0) {
          before.drainStartedAt = drain.startedAt
          if (!drain.releasing) log.add(workspaceId, 'delivered', `Delivered ${counted(drain.deliveredCount, 'write')}.`)
        }
        break
      }
      case 'release.finished': {
        const { workspaceId, deliveredCount, heldAgainCount, heldBy } = event.payload
        const rest =
          heldAgainCount === 0 ? '' : ` ${counted(heldAgainCount, 'write')} held again${heldBy === null ? '' : ` by ${facts.meterName(workspaceId, heldBy)}`}.`
        if (deliveredCount > 0 || heldAgainCount > 0) log.add(workspaceId, 'released', `Released ${counted(deliveredCount, 'held write')}.${rest}`)
        break
      }
      case 'cache.changed': {
        const { workspaceId, topics } = event.payload
        if (!topics.includes('plan')) break
        const before = of(workspaceId)
        const plan = facts.planStanding(workspaceId)
        const words = plan === null || before.plan === null ? null : planMove(before.plan, plan)
        if (words !== null) log.add(workspaceId, 'plan', words)
        before.plan = plan
        break
      }
      case 'connection.changed': {
        const { workspaceId, connection } = event.payload
        const before = of(workspaceId)
        const words = connectionWords[connection.state]
        if (words !== undefined && before.connection !== '' && before.connection !== connection.state) log.add(workspaceId, 'connection', words)
        if (words !== undefined) before.connection = connection.state
        break
      }
      case 'checkout.changed': {
        const { workspaceId, checkout } = event.payload
        const before = of(workspaceId)
        const state = checkout?.state ?? null
        if (checkout !== null && state !== null && state !== before.checkout)
          log.add(workspaceId, 'checkout', `Checkout for ${checkout.planName}: ${checkoutWords[state]}.`)
        before.checkout = state
        break
      }
      default:
    }
  }
}

const connectionWords: Partial<Record<string, string>> = {
  online: 'Online again.',
  offline: 'Offline. Writes are kept on this computer.',
  signed_out: 'Signed out by the platform.',
  device_revoked: 'This device was revoked.',
}

const checkoutWords: Record<Checkout['state'], string> = {
  waiting_for_payment: 'opened',
  declined: 'the card was declined',
  waiting_for_platform: 'paid, waiting for the platform',
  done: 'done',
  cancelled: 'cancelled',
  expired: 'expired',
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`
}
