import type { ItemKind, ItemState, Tally } from '../../../../shared/contract/console.ts'
import type { OutboxItem } from '../item.ts'
import type { ServerValue } from '../payload.ts'

/**
 * `enqueued`: there is something new to send; `acted`: a person did something; `drained`: the drainer wrote results; `restored`: envelopes
 * came back that were delivered before. `asked`: a person wants to see whether this item passes now, whatever was to be waited for.
 */
export type QueueNews = 'enqueued' | 'acted' | 'drained' | 'restored' | { asked: number }

/** All that delivery knows of the queue. */
export type DeliveryPort = {
  /** Null: this workspace never queued anything. */
  deliveryQueue(workspaceId: string): DeliveryQueue | null
  tally(workspaceId: string): Record<ItemState, Tally>
  /** Called after the commit. Returns the function that ends the subscription. */
  subscribe(listener: (workspaceId: string, news: QueueNews) => void): () => void
}

/** The queue of one workspace, for whoever delivers it: what is ready, what is on its way, and what became of it. */
export type DeliveryQueue = {
  /** How many items are in these states, those behind others too. */
  count(kinds: readonly ItemKind[], states: readonly ItemState[]): number
  sizeBytes(kinds: readonly ItemKind[], states: readonly ItemState[]): number
  /** The oldest item in these states that is behind no other; null: there is none. */
  oldest(kinds: readonly ItemKind[], states: readonly ItemState[]): ReadyHead | null

  /** The oldest items of a kind that are behind no other; those that wait, whether their time has come or not. */
  ready(kind: ItemKind, state: 'pending' | 'held' | 'waiting', limits: BatchLimits): ReadyBatch
  /** Waiting items whose time has come: the earliest, with those that failed together with it. */
  due(kind: ItemKind, now: number, limits: BatchLimits): ReadyBatch
  /** Those of these items that are ready, whether their time has come or not. */
  readyAmong(sequences: readonly number[]): ReadyBatch
  /** When the next waiting item is due; null: none waits. A time further ahead than a back-off (the clock was set back) is drawn nearer. */
  nextDue(kinds: readonly ItemKind[], now: number, backOffCapMs: number): number | null
  /** Ends the waiting of what waits for a network or a platform that is back; a time that the platform named stands. */
  endBackOffs(now: number): void
  /** The same, and a time that the platform named is over too. */
  endWaits(now: number): void

  holds(): QuotaHold[]
  hold(kind: ItemKind): QuotaHold | null
  /** The platform has room again: what was held is pending, in its order. */
  liftHold(kind: ItemKind): void
  /** Notes when the platform is asked again, or what is known of the counter now. @throws DiskFullError */
  amendHold(kind: ItemKind, change: HoldChange): void

  /**
   * Notes, before anything leaves, that these items are on their way. Answers those that are: what a person discarded or
   * what was held since they were selected stays behind. @throws DiskFullError
   */
  markInFlight(batch: ToMark): MarkedItems
  /** In one transaction: what became of a push, and what is on its way from now on. @throws DiskFullError */
  record(report: PushReport, now: number): MarkedItems | null
  /** Rejects what can never be sent, without having been sent. @throws DiskFullError */
  reject(unsendable: readonly { sequence: number; reason: string }[], now: number): void
  /** Lets wait what cannot be read just now; no try is counted. @throws DiskFullError */
  postpone(unreadable: readonly { sequence: number; reason: string }[], nextAt: number): void
  /** Results were written. */
  announceDrained(): void
}

export type BatchLimits = { count: number; sizeBytes: number }
export type ReadyHead = { sequence: number; sizeBytes: number; kind: ItemKind; createdAt: number }

/** An item that may be sent now. */
export type ReadyItem = {
  item: OutboxItem
  groupNo: number
  /** The push with which it was tried last. */
  pushNo: number | null
  /** May be at the platform, from a try before this one. */
  sent: boolean
}

/** What may be sent next. `flawed`: rows that could not be understood; they are set aside, not sent. */
export type ReadyBatch = { items: ReadyItem[]; flawed: { sequence: number; flaw: string }[] }

/** An item that is marked as being sent, with push `pushNo`. */
export type InFlightItem = Omit<ReadyItem, 'pushNo'> & {
  pushNo: number
  /** The try before this one; a duplicate was stored by it. */
  pushNoBefore: number | null
}

/** `inSpiteOfHold`: the platform is asked whether it has room again. */
export type ToMark = { items: readonly ReadyItem[]; inSpiteOfHold: boolean }
export type MarkedItems = { items: InFlightItem[]; pushNo: number }

export type PushReport = {
  kind: ItemKind
  pushNo: number
  /** As whom envelopes were pushed; null: they never left, or these are none. */
  deviceId: string | null
  results: readonly ItemResult[]
  /** What was marked to go next, and did not leave after all. */
  notSent: readonly InFlightItem[]
  /** The answer never came: the platform may have counted the push, or not. */
  unanswered: boolean
  /** The platform refused for want of room: everything of this kind is held from now on. */
  hold: NewHold | null
  /** Marked in the same transaction, since each waits for the disk. */
  next: ToMark | null
}

export type ItemResult = { inFlight: InFlightItem; decision: Decision }

/** What becomes of an item after an answer. (shared/contract/README.md, "Errors") */
export type Decision =
  /** `storedAt`: by the platform's clock; null: it did not say. */
  | { next: 'delivered'; duplicate: boolean; status: number | null; storedAt: number | null }
  /** Tried again at `nextAt`. `retryAfter`: the platform named the time. `batchNo`: what fails together from now on; null: as before. */
  | { next: 'waiting'; nextAt: number; retryAfter: boolean; status: number | null; code: string | null; message: string; batchNo: number | null }
  | { next: 'held'; refusal: QuotaRefusal; status: number }
  | { next: 'rejected'; conflict: boolean; serverValue: ServerValue | null; status: number | null; code: string | null; message: string }
  /** The workspace is paused until the person has acted; the item is as before and no try is counted. */
  | { next: 'paused'; why: PauseReason; status: number | null; code: string | null; message: string }
  /** Only for batches: pending again, to be sent in smaller pieces. */
  | { next: 'requeued' }

export type PauseReason = 'signed_out' | 'device_revoked'

/** A subscription that has ended refuses every envelope, whatever its size: they are held by this one meter, which no platform counts. */
export const SUBSCRIPTION_METER = 'subscription'

/** What the platform said when it refused for want of room. */
export type QuotaRefusal = {
  /** Null: the refusal named none. */
  meter: string | null
  code: string | null
  reason: string
  limit: number | null
  used: number | null
}

/** The counter of the refusing meter as it was known then; all null when it was not known. */
export type CounterSnapshot = { version: number | null; used: number | null; limit: number | null }

/** How a meter is asked whether it has room again. */
export type ProbeTimes = {
  /** When the next probe leaves. */
  retryAt: number
  /** Probes that were refused, since one was taken or the meter was closed. */
  probes: number
  /** When the last probe left; null: there was none. */
  probedAt: number | null
}

/** `refusedSequence`: the item about which the platform said its words; what else is held only waits behind the meter. */
export type NewHold = ProbeTimes & { refusal: QuotaRefusal; refusedSequence: number | null; counter: CounterSnapshot }
export type HoldChange = Partial<ProbeTimes & { counter: CounterSnapshot }>

export type QuotaHold = QuotaRefusal & Omit<NewHold, 'refusal'> & { workspaceId: string; kind: ItemKind; since: number }

/** Each push takes three numbers: its own, and one for each half that it may be cut into. */
export const NUMBERS_PER_PUSH = 3

/** The number of a half of a failed push: what fails together from now on. */
export function halfBatchNo(pushNo: number, half: 0 | 1): number {
  return pushNo + 1 + half
}
