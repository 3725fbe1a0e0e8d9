import type { DeliveryRoute, ItemKind } from '../../../../shared/contract/console.ts'
import type { Random } from '../../base/clock.ts'
import { alertIdOf, readAlertValue } from '../edits/alert-edits.ts'
import type { OutboxItem } from '../item.ts'
import { parsePayload, settingPayload } from '../payload.ts'
import { backOffMs } from './policy.ts'

/**
 * A route on which a whole call was refused in a way that may be about the account, not about what was sent.
 * (shared/contract/README.md, "Answers that may be wrong") Blocked: one write alone is tried, after a back-off. Open: something was stored, so the ordinary flow
 * goes on, and a batch that is still refused is cut in two until the write at fault is alone.
 */
export type Trouble = {
  status: number
  code: string | null
  message: string
  since: number
  blocked: boolean
  /** When the next probe leaves. */
  nextAt: number
  /** Probes that were refused since something was stored. */
  probes: number
  /** Refusals since something was stored. */
  refusals: number
  /** The last call of this route stored what it carried. */
  storedLast: boolean
  /** What was in a call that was refused, and was not stored since. */
  refused: ReadonlySet<number>
  /** What had been refused when something was stored beside it. */
  refusedBeside: ReadonlySet<number>
  /** Those of them that were refused alone. */
  refusedAlone: ReadonlySet<number>
  /** What was probed in this round; when nothing else is left, another round begins. */
  tried: ReadonlySet<number>
  allTried: boolean
}

/** `wait`: all of it waits for the route. `split`: halves are sent next. `reject`: the platform will not take this one. */
export type TroubleVerdict = 'wait' | 'split' | 'reject'
export type RefusedCall = { sequences: readonly number[]; status: number; code: string | null; message: string }

/** Cutting 500 in two again and again takes nine refusals until one is alone. With more in a row the route itself is suspected again. */
const MOST_REFUSALS = 12
const MAY_BE_ABOUT_THE_ACCOUNT: ReadonlySet<number> = new Set([400, 403, 404, 405, 410])

/** Whether a refusal of a whole call, as it stands, may be about the account instead of what was sent. */
export function mayBeAboutAccount(status: number | null): status is number {
  return status !== null && MAY_BE_ABOUT_THE_ACCOUNT.has(status)
}

export function routeOf({ kind, payload }: Pick<OutboxItem, 'kind' | 'payload'>): DeliveryRoute {
  if (kind === 'envelope') return 'envelopes'
  if (kind === 'delete') return 'deletes'
  const edit = parsePayload(settingPayload, payload)
  if (edit === null || alertIdOf(edit.key) === null) return 'settings'
  return readAlertValue(edit.value) === null ? 'alert_deletes' : 'alerts'
}

export function routesOf(kind: ItemKind): readonly DeliveryRoute[] {
  return kind === 'envelope' ? ['envelopes'] : kind === 'delete' ? ['deletes'] : ['settings', 'alerts', 'alert_deletes']
}

/** `known`: the trouble that the route was in; null: none. */
export function afterRefusal(known: Trouble | null, call: RefusedCall, now: number, random: Random): { verdict: TroubleVerdict; trouble: Trouble | null } {
  const { sequences, ...words } = call
  const [lone] = sequences.length === 1 ? sequences : []
  const refusals = (known?.refusals ?? 0) + 1
  if (known !== null && lone !== undefined && isAtFault(known, lone)) {
    const rest = without(known, [lone])
    return { verdict: 'reject', trouble: rest.refused.size === 0 ? null : { ...rest, refusals, storedLast: false } }
  }
  const mayGoOn = known !== null && !known.blocked && refusals < MOST_REFUSALS
  const probes = known?.blocked ? known.probes + 1 : 0
  const trouble: Trouble = {
    ...words,
    since: known?.since ?? now,
    blocked: !mayGoOn,
    nextAt: now + backOffMs(probes, random),
    probes,
    refusals,
    storedLast: false,
    refused: new Set([...(known?.refused ?? []), ...sequences]),
    refusedBeside: known?.refusedBeside ?? new Set(),
    refusedAlone: lone === undefined ? (known?.refusedAlone ?? new Set()) : new Set([...(known?.refusedAlone ?? []), lone]),
    tried: lone === undefined ? (known?.tried ?? new Set()) : new Set([...(known?.tried ?? []), lone]),
    allTried: known?.allTried ?? false,
  }
  return { verdict: mayGoOn && lone === undefined ? 'split' : 'wait', trouble }
}

/**
 * Refused alone, and refused before something else was stored: now it is the write. But a platform that stored one and then
 * refuses all again must not have all rejected: so the storing came just before, or it is refused alone for the second time.
 */
function isAtFault({ refusedBeside, storedLast, refusedAlone }: Trouble, sequence: number): boolean {
  return refusedBeside.has(sequence) && (storedLast || refusedAlone.has(sequence))
}

/** Something was stored on the route. `searching`: halves of a refused batch are still to be sent. Null: the trouble is over. */
export function afterStored(known: Trouble, sequences: readonly number[], searching: boolean): Trouble | null {
  const rest = without(known, sequences)
  if (rest.refused.size === 0 && !searching) return null
  return { ...rest, blocked: false, probes: 0, refusals: 0, storedLast: true, refusedBeside: rest.refused, tried: new Set(), allTried: false }
}

/** The answer said nothing about the account (no network, say): whatever it was, it is no proof that the route works. */
export function afterOther(known: Trouble, now: number): Trouble {
  return { ...known, blocked: true, nextAt: known.blocked ? known.nextAt : now, storedLast: false }
}

/** The write that is probed next, of those that wait on the route, oldest first; null: there is none. */
export function nextProbe(known: Trouble, waiting: readonly number[]): { sequence: number; trouble: Trouble } | null {
  const [oldest] = waiting
  if (oldest === undefined) return null
  const untried = waiting.find((sequence) => !known.tried.has(sequence))
  if (untried !== undefined) return { sequence: untried, trouble: known }
  return { sequence: oldest, trouble: { ...known, tried: new Set(), allTried: true } }
}

/** These are not on the route any more: stored, rejected, or taken back by a person. */
export function without(known: Trouble, sequences: readonly number[]): Trouble {
  const gone = new Set(sequences)
  const keep = (set: ReadonlySet<number>): ReadonlySet<number> => new Set([...set].filter((sequence) => !gone.has(sequence)))
  const { refused, refusedBeside, refusedAlone, tried } = known
  return { ...known, refused: keep(refused), refusedBeside: keep(refusedBeside), refusedAlone: keep(refusedAlone), tried: keep(tried) }
}
