import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DrainEvent, type DrainState, INITIAL_DRAIN_STATE, transition } from '../../../../main/engine/outbox/delivery/drain-state.ts'

/** Batches are opaque to the machine, so their names will do. */
type State = DrainState<string, string, string>
type Event = DrainEvent<string, string, string>

const still = { pausedBy: null, stopping: false, woken: false } as const
const selecting: State = { ...still, phase: 'selecting' }
const resting: State = { ...still, phase: 'resting', until: 'due' }
const starting: State = { ...still, phase: 'starting', batch: 'a' }
const inFlight: State = { ...still, phase: 'in_flight', current: 'a', ahead: 'b' }
const recording: State = { ...still, phase: 'recording', answered: 'a', leaving: 'b', notSent: null, toMark: 'c' }
const stopped: State = { ...still, phase: 'stopped', stopping: true }

const everyPhase = [selecting, resting, starting, inFlight, recording]

describe('what comes after what', () => {
  test.each<[string, State, Event, State]>([
    ['a batch is found', selecting, { event: 'selected', batch: 'a' }, starting],
    ['nothing is found', selecting, { event: 'selected', batch: null }, resting],
    [
      'nothing is found while paused',
      { ...selecting, pausedBy: 'signed_out' },
      { event: 'selected', batch: null },
      { ...resting, pausedBy: 'signed_out', until: 'woken' },
    ],
    [
      'nothing was found, but there is news since',
      { ...selecting, woken: true },
      { event: 'selected', batch: null },
      { ...resting, woken: true, until: 'now' },
    ],
    ['nothing is found while it ends', { ...selecting, stopping: true }, { event: 'selected', batch: null }, { ...resting, stopping: true, until: 'now' }],
    ['what was read when the end came still leaves', { ...selecting, stopping: true }, { event: 'selected', batch: 'a' }, { ...starting, stopping: true }],
    ['its time has come', resting, { event: 'rested' }, selecting],
    ['it is over', { ...resting, stopping: true, until: 'now' }, { event: 'rested' }, stopped],
    ['the first push leaves', starting, { event: 'started', current: 'a' }, { ...inFlight, ahead: null }],
    ['nothing of the batch was still to be sent', starting, { event: 'started', current: null }, selecting],
    ['nothing of the batch was still to be sent, and it ends', { ...starting, stopping: true }, { event: 'started', current: null }, stopped],
    ['taken: the next one leaves, the one after it is marked', inFlight, { event: 'answered', smooth: true, ahead: 'b', toMark: 'c' }, recording],
    ['taken, and it was the last', inFlight, { event: 'answered', smooth: true, ahead: null, toMark: null }, { ...recording, leaving: null, toMark: null }],
    [
      'not taken: what was marked stays, and nothing more is marked',
      inFlight,
      { event: 'answered', smooth: false, ahead: 'b', toMark: 'c' },
      { ...recording, leaving: null, notSent: 'b', toMark: null },
    ],
    [
      'taken, but paused meanwhile',
      { ...inFlight, pausedBy: 'device_revoked' },
      { event: 'answered', smooth: true, ahead: 'b', toMark: 'c' },
      { ...recording, pausedBy: 'device_revoked', leaving: null, notSent: 'b', toMark: null },
    ],
    [
      'taken, but it ends',
      { ...inFlight, stopping: true },
      { event: 'answered', smooth: true, ahead: 'b', toMark: null },
      { ...recording, stopping: true, leaving: null, notSent: 'b', toMark: null },
    ],
    ['recorded, and the next one is on its way', recording, { event: 'recorded', current: 'b', ahead: 'c' }, { ...inFlight, current: 'b', ahead: 'c' }],
    ['recorded, and nothing is on its way', recording, { event: 'recorded', current: null, ahead: null }, selecting],
    [
      'what left is awaited, although it ends',
      { ...recording, stopping: true },
      { event: 'recorded', current: 'b', ahead: null },
      { ...inFlight, stopping: true, current: 'b', ahead: null },
    ],
    ['recorded, and it ends', { ...recording, stopping: true }, { event: 'recorded', current: null, ahead: null }, stopped],
  ])('%s', (_, before, event, after) => {
    expect(transition(before, event)).toEqual(after)
  })
})

describe('from outside', () => {
  test('news end a rest; in any other phase they are remembered until it looks anew', () => {
    expect(transition(resting, { event: 'woken' })).toEqual(selecting)
    for (const state of everyPhase) if (state !== resting) expect(transition(state, { event: 'woken' })).toEqual({ ...state, woken: true })
    expect(transition({ ...recording, woken: true }, { event: 'recorded', current: null, ahead: null })).toEqual(selecting)
  })

  test('a pause breaks nothing off, and ends when it is resumed', () => {
    for (const state of everyPhase) {
      const paused = transition(state, { event: 'paused', why: 'signed_out' })
      expect(paused).toEqual({ ...state, pausedBy: 'signed_out' })
      expect(transition(paused, { event: 'resumed' })).toEqual(state)
    }
  })

  test('the end comes at once in a rest, and after the write in hand everywhere else', () => {
    expect(transition(resting, { event: 'stop' })).toEqual(stopped)
    for (const state of everyPhase) if (state !== resting) expect(transition(state, { event: 'stop' })).toEqual({ ...state, stopping: true })
  })
})

describe('whatever happens', () => {
  const batch = fc.option(fc.constantFrom('a', 'b', 'c'))
  const events: fc.Arbitrary<Event> = fc.oneof(
    fc.record({ event: fc.constant('selected' as const), batch }),
    fc.record({ event: fc.constant('rested' as const) }),
    fc.record({ event: fc.constant('started' as const), current: batch }),
    fc.record({ event: fc.constant('answered' as const), smooth: fc.boolean(), ahead: batch, toMark: batch }),
    fc.record({ event: fc.constant('recorded' as const), current: batch, ahead: batch }),
    fc.record({ event: fc.constant('woken' as const) }),
    fc.record({ event: fc.constant('paused' as const), why: fc.constant('signed_out' as const) }),
    fc.record({ event: fc.constant('resumed' as const) }),
    fc.record({ event: fc.constant('stop' as const) }),
  )
  const ENDED_BY = { selecting: 'selected', resting: 'rested', starting: 'started', in_flight: 'answered', recording: 'recorded' } as const

  test('only its own event ends a phase that has work in hand, and what has stopped stays so', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 60 }), (list) => {
        let state: State = INITIAL_DRAIN_STATE
        for (const event of list) {
          const after: State = transition(state, event)
          if (after.phase !== state.phase) {
            if (state.phase === 'stopped') return false
            const mayEnd = event.event === ENDED_BY[state.phase] || (state.phase === 'resting' && (event.event === 'woken' || event.event === 'stop'))
            if (!mayEnd) return false
          }
          // What was marked is sent or taken back, never forgotten; and while it is paused or ends nothing more leaves.
          if (event.event === 'answered' && state.phase === 'in_flight' && after.phase === 'recording') {
            if ((after.leaving ?? after.notSent) !== event.ahead || (after.leaving !== null && after.notSent !== null)) return false
            if (after.leaving !== null && (after.stopping || after.pausedBy !== null || !event.smooth)) return false
          }
          state = after
        }
        return true
      }),
      { numRuns: 2000 },
    )
  })
})
