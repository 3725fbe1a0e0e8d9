import type { PauseReason } from '../queue/delivery-port.ts'

/**
 * What the drain of one workspace does just now. Each phase has one thing to be done, and the event that ends it:
 * `transition` says which phase comes next. `Batch`: selected and read; `Marked`: written down as being sent; `Sent`: it left.
 */
export type DrainPhase<Batch, Marked, Sent> =
  /** Looks for what may be sent. */
  | { phase: 'selecting' }
  /** Nothing can be sent. `until`: a time that comes, somebody who wakes it, or no longer than it takes to say so. */
  | { phase: 'resting'; until: 'due' | 'woken' | 'now' }
  /** The first batch is marked, and leaves. */
  | { phase: 'starting'; batch: Batch }
  /** One push is on its way; `ahead` is marked to go next, or null: the next one is prepared meanwhile. */
  | { phase: 'in_flight'; current: Sent; ahead: Marked | null }
  /** The answer is there. `leaving` goes before the results are written; `notSent` was marked and stays; `toMark` is marked with them. */
  | { phase: 'recording'; answered: Sent; leaving: Marked | null; notSent: Marked | null; toMark: Batch | null }
  | { phase: 'stopped' }

/** `woken`: somebody said that there may be something to send, since it was looked for last. */
export type DrainState<Batch, Marked, Sent> = DrainPhase<Batch, Marked, Sent> & { pausedBy: PauseReason | null; stopping: boolean; woken: boolean }

export type DrainEvent<Batch, Marked, Sent> =
  | { event: 'selected'; batch: Batch | null }
  | { event: 'rested' }
  /** Null: nothing of the batch was still to be sent. */
  | { event: 'started'; current: Sent | null }
  /** `smooth`: the platform took it, and the next one may follow at once. `toMark` is read, `ahead` is marked. */
  | { event: 'answered'; smooth: boolean; ahead: Marked | null; toMark: Batch | null }
  | { event: 'recorded'; current: Sent | null; ahead: Marked | null }
  /** From outside, at any time. */
  | { event: 'woken' }
  | { event: 'paused'; why: PauseReason }
  | { event: 'resumed' }
  | { event: 'stop' }

export const INITIAL_DRAIN_STATE = { phase: 'selecting', pausedBy: null, stopping: false, woken: false } as const

/** What a drain does after an event. An event of a phase that is over changes nothing. */
export function transition<Batch, Marked, Sent>(
  state: DrainState<Batch, Marked, Sent>,
  event: DrainEvent<Batch, Marked, Sent>,
): DrainState<Batch, Marked, Sent> {
  switch (event.event) {
    case 'woken':
      return state.phase === 'resting' ? selecting(state) : { ...state, woken: true }
    case 'paused':
      return { ...state, pausedBy: event.why }
    case 'resumed':
      return { ...state, pausedBy: null }
    case 'stop':
      return state.phase === 'resting' ? { ...conditions(state), stopping: true, phase: 'stopped' } : { ...state, stopping: true }
    case 'selected':
      if (state.phase !== 'selecting') return state
      if (event.batch !== null) return { ...conditions(state), phase: 'starting', batch: event.batch }
      return { ...conditions(state), phase: 'resting', until: restUntil(state) }
    case 'rested':
      return state.phase === 'resting' ? selecting(state) : state
    case 'started':
      if (state.phase !== 'starting') return state
      return event.current === null ? selecting(state) : { ...conditions(state), phase: 'in_flight', current: event.current, ahead: null }
    case 'answered': {
      if (state.phase !== 'in_flight') return state
      const leaves = event.ahead !== null && event.smooth && !state.stopping && state.pausedBy === null
      return {
        ...conditions(state),
        phase: 'recording',
        answered: state.current,
        leaving: leaves ? event.ahead : null,
        notSent: leaves ? null : event.ahead,
        toMark: leaves ? event.toMark : null,
      }
    }
    case 'recorded':
      if (state.phase !== 'recording') return state
      return event.current === null ? selecting(state) : { ...conditions(state), phase: 'in_flight', current: event.current, ahead: event.ahead }
  }
}

type Conditions = { pausedBy: PauseReason | null; stopping: boolean; woken: boolean }

function conditions({ pausedBy, stopping, woken }: Conditions): Conditions {
  return { pausedBy, stopping, woken }
}

/** It looks anew, so whoever woke it before is heard; or it ends here, if it is to end. */
function selecting({ pausedBy, stopping }: Conditions): Conditions & { phase: 'selecting' | 'stopped' } {
  return { pausedBy, stopping, woken: false, phase: stopping ? 'stopped' : 'selecting' }
}

function restUntil({ pausedBy, stopping, woken }: Conditions): 'due' | 'woken' | 'now' {
  if (woken || stopping) return 'now'
  return pausedBy === null ? 'due' : 'woken'
}
