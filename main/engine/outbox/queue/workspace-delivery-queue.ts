import { type DeliveryQueue, type ItemResult, NUMBERS_PER_PUSH } from './delivery-port.ts'
import type { ItemTransitions } from './item-transitions.ts'
import type { PushLog } from './push-log.ts'
import type { QueueWriter } from './queue-writer.ts'
import type { QuotaHolds } from './quota-holds.ts'
import type { ReadyItems } from './ready-items.ts'

/** What delivery is shown of the queue of one workspace. `workspace`: its number. */
export function createDeliveryQueue(
  parts: { writer: QueueWriter; readyItems: ReadyItems; holds: QuotaHolds; transitions: ItemTransitions; pushLog: PushLog },
  workspace: number,
  announceDrained: () => void,
): DeliveryQueue {
  const { writer, readyItems, holds, transitions, pushLog } = parts

  /** Inside a transaction: a number of a push that was never written is given again. */
  const markInFlight: DeliveryQueue['markInFlight'] = ({ items, inSpiteOfHold }) => {
    const pushNo = pushLog.takeNumbers(NUMBERS_PER_PUSH)
    return { items: transitions.markInFlight(items, pushNo, inSpiteOfHold), pushNo }
  }

  return {
    count: (kinds, states) => readyItems.count(workspace, kinds, states),
    sizeBytes: (kinds, states) => readyItems.bytes(workspace, kinds, states),
    oldest: (kinds, states) => readyItems.head(workspace, kinds, states),
    ready: (kind, state, limits) => readyItems.ready(workspace, kind, state, limits),
    due: (kind, now, limits) => readyItems.due(workspace, kind, now, limits),
    readyAmong: (sequences) => readyItems.among(workspace, sequences),
    nextDue: (kinds, now, backOffCapMs) => readyItems.nextDue(workspace, kinds, now, backOffCapMs),
    endBackOffs: (now) => readyItems.dueNow(workspace, now),
    endWaits: (now) => readyItems.endWaits(workspace, now),
    holds: () => holds.of(workspace),
    hold: (kind) => holds.find(workspace, kind),
    liftHold: (kind) => holds.open(workspace, kind),
    amendHold: (kind, change) => holds.amend(workspace, kind, change),
    markInFlight: (batch) => writer.write(() => markInFlight(batch)),
    record: (report, now) =>
      writer.write(() => {
        const { kind, pushNo, deviceId, results, notSent, unanswered, hold, next } = report
        transitions.settle(results, now, deviceId)
        // Before a meter is closed: that takes along whatever is pending then.
        if (notSent.length > 0) transitions.notSent(notSent, now)
        if (kind === 'envelope') {
          for (const no of storingPushes(results, pushNo)) pushLog.record(workspace, now, no)
          // What stored a duplicate that was never sent from here is not known any more (its row was lost with a damaged file): the platform
          // has counted a push that this device cannot.
          if (unanswered || results.some(isOfUnknownPush)) pushLog.recordUnanswered(workspace, now, pushNo)
        }
        if (hold !== null) holds.close(workspace, kind, hold, now)
        return next === null ? null : markInFlight(next)
      }),
    reject: (unsendable, now) =>
      writer.write(() => {
        for (const { sequence, reason } of unsendable) transitions.setAside(sequence, reason, now)
      }),
    postpone: (unreadable, nextAt) =>
      writer.write(() => {
        for (const { sequence, reason } of unreadable) transitions.postpone(sequence, reason, nextAt)
      }),
    announceDrained,
  }
}

function isOfUnknownPush({ inFlight, decision }: ItemResult): boolean {
  return decision.next === 'delivered' && decision.duplicate && inFlight.pushNoBefore === null
}

/** A duplicate was stored by an earlier push whose answer was lost: that one was the sync operation. */
function storingPushes(results: readonly ItemResult[], pushNo: number): Set<number> {
  const numbers = new Set<number>()
  for (const { inFlight, decision } of results) {
    if (decision.next !== 'delivered') continue
    const storedBy = decision.duplicate ? inFlight.pushNoBefore : pushNo
    if (storedBy !== null) numbers.add(storedBy)
  }
  return numbers
}
