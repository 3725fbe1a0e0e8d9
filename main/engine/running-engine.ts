import type { CallName, EngineCallName, Result } from '../../shared/contract/console.ts'
import type { LeftOut } from '../../shared/contract/lenient.ts'
import type { EgressNote } from '../bridge/messages.ts'

export type Engine = {
  readonly intakePort: number
  call(name: EngineCallName, input: unknown): Promise<Result<unknown>>
  power(state: 'suspend' | 'resume'): void
  /** A page was shown without some odd items; null: it is whole again. */
  noteLeftOut(name: CallName, leftOut: LeftOut | null): void
  /** The host's own requests (the updater's) in the egress log. @throws when the row cannot be written: then nothing may leave. */
  noteRequest(note: EgressNote): number
  noteAnswer(row: number, status: number | null, durationMs: number): void
  /** Finishes the writes in hand and closes every file. */
  stop(): Promise<void>
}
