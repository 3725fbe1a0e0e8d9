import type { z } from 'zod'
import { type attempt, itemKind, itemState, type ItemKind, type ItemState } from '../../../../../shared/contract/console.ts'

export type AttemptOutcome = z.infer<typeof attempt>['outcome']

/** How states, kinds and outcomes lie in outbox.db: by their place in these lists. Only ever append. */
export const STATES: readonly ItemState[] = ['pending', 'sending', 'waiting', 'held', 'rejected', 'delivered', 'discarded']
export const KINDS: readonly ItemKind[] = ['envelope', 'delete', 'setting']
export const OUTCOMES: readonly AttemptOutcome[] = ['delivered', 'duplicate', 'waiting', 'held', 'rejected', 'paused']

/** An item in one of these states will never be sent again by itself, and its lane goes on without it. */
export const SETTLED: ReadonlySet<ItemState> = new Set(['delivered', 'discarded'])
/** A person can discard these. What is being sent has to come back first. */
export const DISCARDABLE: ReadonlySet<ItemState> = new Set(['pending', 'waiting', 'held', 'rejected'])
/** A person can ask for these to be tried again. */
export const RETRYABLE: ReadonlySet<ItemState> = new Set(['waiting', 'held', 'rejected'])

export function stateCode(state: ItemState): number {
  return codeOf(STATES, state)
}

export function kindCode(kind: ItemKind): number {
  return codeOf(KINDS, kind)
}

export function outcomeCode(outcome: AttemptOutcome): number {
  return codeOf(OUTCOMES, outcome)
}

/** @throws when a number of the file is none of ours: the file was changed by something else. */
export function stateOf(code: number): ItemState {
  return itemState.parse(STATES[code])
}

export function kindOf(code: number): ItemKind {
  return itemKind.parse(KINDS[code])
}

function codeOf<T>(list: readonly T[], value: T): number {
  const code = list.indexOf(value)
  if (code < 0) throw new Error(`${String(value)} has no code`)
  return code
}
