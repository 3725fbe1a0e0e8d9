import type { IdSummary, IdSummaries } from '../queue/id-summaries.ts'
import type { QueueWriter } from '../queue/queue-writer.ts'
import { type DeliveredEnvelope, type LostThere, OfferAgain, type OfferedCount, type VersionBelow } from './offer-again.ts'

/** What this folder delivered, for whoever compares it with what the platform has. */
export type DeliveredHistory = {
  /** One for each device as which this folder delivered. */
  summaries(workspaceId: string): IdSummary[]
  /** Everything was compared one by one, and this is what the platform has. Only while the summary is still `known`. */
  correct(workspaceId: string, known: IdSummary, there: IdSummary): void
  /** Whether envelopes are on their way: their answer may still come from the history that is no more. */
  isSending(workspaceId: string): boolean
  /** Pushes below this number were answered before now. */
  answeredBelow(workspaceId: string): number
  delivered: (
    workspaceId: string,
    deviceId: string,
    range: { after: string | null; through: string | null; answeredBelow: number },
  ) => { found: DeliveredEnvelope[]; last: string | null }
  /** Queues about so many envelopes again; `note` is written in the same transaction. Both counts are 0 when nothing is left. @throws DiskFullError */
  offerNext(workspaceId: string, lost: LostThere, limit: number, note: (count: OfferedCount) => void): OfferedCount
  /** Queues deletes again, and edits of which the platform has a version below; `note` hears how many. @throws DiskFullError */
  offerDeletes(workspaceId: string, lost: LostThere, note: (count: OfferedCount) => void): number
  offerEdits(workspaceId: string, versionBelow: VersionBelow, note: (count: OfferedCount) => void): number
  /** Whether any delete was delivered: no summary tells that the platform has forgotten it. */
  hasDeletes(workspaceId: string): boolean
  /** Envelopes that were deleted and of which `delivered` does not tell. */
  unlistedDeletes(workspaceId: string): string[]
}

export function createDeliveredHistory(
  parts: ConstructorParameters<typeof OfferAgain>[0] & { writer: QueueWriter; summaries: IdSummaries },
  announce: (workspaceId: string) => void,
): DeliveredHistory {
  const { writer, summaries } = parts
  let made: OfferAgain | null = null
  /** Nobody asks before a platform was put back. */
  const offers = (): OfferAgain => {
    made ??= new OfferAgain(parts)
    return made
  }
  const numberOf = (workspaceId: string): number | null => writer.names.find(workspaceId)

  function offered(workspaceId: string, note: (count: OfferedCount) => void, work: (workspace: number) => OfferedCount): OfferedCount {
    const workspace = numberOf(workspaceId)
    if (workspace === null) return { again: 0, gone: 0 }
    const count = writer.write(() => {
      const done = work(workspace)
      note(done)
      return done
    })
    if (count.again > 0) announce(workspaceId)
    return count
  }

  return {
    summaries(workspaceId) {
      const workspace = numberOf(workspaceId)
      return workspace === null ? [] : summaries.of(workspace)
    },
    correct(workspaceId, known, there) {
      const workspace = numberOf(workspaceId)
      if (workspace === null) return
      writer.write(() => {
        const now = summaries.of(workspace).find(({ deviceId }) => deviceId === known.deviceId)
        if (now?.count === known.count && now.sum === known.sum) summaries.set(workspace, there)
      })
    },
    isSending(workspaceId) {
      const workspace = numberOf(workspaceId)
      return workspace !== null && [...writer.groups.of(workspace)].some(({ kind, state, count }) => kind === 'envelope' && state === 'sending' && count > 0)
    },
    answeredBelow(workspaceId) {
      const workspace = numberOf(workspaceId)
      return workspace === null ? 0 : offers().answeredBelow(workspace)
    },
    delivered(workspaceId, deviceId, range) {
      const workspace = numberOf(workspaceId)
      return workspace === null ? { found: [], last: null } : offers().delivered(workspace, deviceId, range)
    },
    offerNext: (workspaceId, lost, limit, note) => offered(workspaceId, note, (workspace) => offers().offerNext(workspace, lost, limit)),
    offerDeletes: (workspaceId, lost, note) => offered(workspaceId, note, (workspace) => ({ again: offers().offerDeletes(workspace, lost), gone: 0 })).again,
    offerEdits: (workspaceId, versionBelow, note) =>
      offered(workspaceId, note, (workspace) => ({ again: offers().offerEdits(workspace, versionBelow), gone: 0 })).again,
    hasDeletes(workspaceId) {
      const workspace = numberOf(workspaceId)
      return workspace !== null && offers().hasDeletes(workspace)
    },
    unlistedDeletes(workspaceId) {
      const workspace = numberOf(workspaceId)
      return workspace === null ? [] : offers().unlistedDeletes(workspace)
    },
  }
}
