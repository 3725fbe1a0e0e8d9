import type { ActionName, Bridge, CallInput, CallOutput, Connection, ReadName, Workspace } from '../../../shared/contract/console.ts'

/** One thing that the palette finds. */
export type Found = {
  /** Its own among what its page finds. */
  id: string
  label: string
  /** Stands below the label and is searched too: a period, an amount. */
  note?: string
  /** Other words for it: they find it and are not shown. */
  alsoCalled?: string
  /** Why it cannot be done now, in words; null: it can. */
  reason?: string | null
  run: () => void
}

export type FindContext = {
  workspace: Workspace
  /** The newest word on it. */
  connection: Connection
  bridge: Bridge
  /** What the engine answers. Null: it does not, or it is not asked yet, because nothing is typed and nobody asked before. Never throws. */
  ask<N extends ReadName>(name: N, input: CallInput<N>): Promise<CallOutput<N> | null>
  /** Why the engine refuses this read to the member, in words. Null: it does not, or it is not asked yet. */
  refusal<N extends ReadName>(name: N, input: CallInput<N>): Promise<string | null>
  /** Does something, and says in a notice what went wrong. `rereads` are stale afterwards. Null: it was not done. */
  act<N extends ActionName>(name: N, input: CallInput<N>, rereads?: readonly ReadName[]): Promise<CallOutput<N> | null>
}

/** What the palette finds of a page beside the page itself. It is asked only where the platform of the workspace has the page. */
export type PageFinds = {
  /** What can be done there. */
  actions?: (context: FindContext) => Promise<readonly Found[]>
  things?: {
    /** The heading that they stand under. */
    group: string
    /**
     * Asked when something is typed. What does not fit the words may be among them; of a list that may be long, the engine searches and answers a few.
     *
     * @param words as typed, trimmed, never empty
     */
    find: (context: FindContext, words: string) => Promise<readonly Found[]>
  }
}
