import type { EndpointName } from '../../../../../shared/contract/layer-a.ts'
import type { Answer } from '../answer.ts'
import type { RowsPlace } from './parts.ts'

/** What the engine's thread asks. */
export type ToAnswerThread =
  | {
      type: 'read'
      id: number
      /** Whose answer it is; null: one without an agreed body. */
      endpoint: EndpointName | null
      status: number
      retryAfter: string | null
      date: string | null
      body: Uint8Array
      nowMs: number
    }
  /** The next part of it. */
  | { type: 'more'; id: number }

/** What it is told: first the answer without what is long in it, then a part for each `more`, until there is none. */
export type FromAnswerThread =
  | { type: 'answer'; id: number; answer: Answer<unknown> }
  | { type: 'part'; id: number; part: RowsPlace & { rows: readonly unknown[] } }
  | { type: 'end'; id: number }
