import type { Trouble } from '../client/trouble.ts'

/** Who deals with a platform that went back to an earlier state, as the loops see it: they notice it, and give the time for it. */
export type HistoryComparison = {
  /** The cursor is not known there any more. Called before anything that was read is taken anew. */
  noteWentBack(workspaceId: string, wentBackTo: number | null): void
  /** It has not been dealt with to its end. */
  isOwed(workspaceId: string): boolean
  /**
   * Compares what was delivered with what the platform has, and queues again what it lost. Called when everything was read.
   * @param hasEnvelopes whether this platform takes envelopes at all.
   */
  run(workspaceId: string, hasEnvelopes: boolean, signal: AbortSignal): Promise<Trouble | null>
}
