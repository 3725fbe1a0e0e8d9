import type { EventForm } from '../metered-event.ts'
import type { DayRule } from './day-rules.ts'

/** A counter while it is counted. `mark`: the instant that it stands for, where a kind needs to know; null: none yet. */
export type Tally = { readonly used: number; readonly mark: number | null }

/** What an event says, as a number (`amountOf`), and when. */
export type Amount = { readonly atMs: number; readonly amount: number }

/** Everything that makes one kind of meter different from another. Whoever needs to know asks this, and never for a kind by its name. */
export type MeterKind = {
  /** The form of event that it takes; any other is refused where events come in (`POST /v1/usage/events`). Readings are facts: no limit refuses them. */
  readonly form: EventForm
  /** Until when its counter holds what it counted: to the end of its meter's period (where it is monthly), or of the minute. */
  readonly window: 'period' | 'minute'
  /**
   * How the counter goes within its window, and so what a trend, a forecast and the difference between two looks at it mean.
   * `flow`: it adds up, and the difference is what was used meanwhile. `level`: it rises and falls, and the difference is how
   * far it moved. `peak`: it only rises, and stands as high as it ever was.
   */
  readonly course: 'flow' | 'level' | 'peak'
  /** What the services and users of a day, and the parts of a period, make together. */
  readonly day: DayRule
  /** For what a unit's price is: for each unit used; for one unit through the whole period, of which a day is a part; or for one unit through a day. */
  readonly pricedFor: 'use' | 'period' | 'day'
  /** An operation may move it by one thing more or less: a change of a count that goes on. A sum of a month knows no less. */
  readonly takesChange: boolean
  /** The counter with one more event in it, in the order in which events come in. */
  readonly add: (tally: Tally, event: Amount) => Tally
}
