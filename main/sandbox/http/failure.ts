import type { z } from 'zod'
import { type AnswerCode, type MeterCode, statusOf } from '../../../shared/contract/errors.ts'
import type { platformError } from '../../../shared/contract/platform.ts'
import { isoTime } from '../clock.ts'
import type { CursorProblem } from '../store/eras.ts'

type ErrorBody = z.output<typeof platformError>
export type FailureDetails = Pick<ErrorBody, 'reason' | 'meter' | 'limit' | 'used' | 'retry_after_s' | 'current' | 'quote' | 'went_back_to'> & {
  /** Of a refusal by a wallet: micro-AU, and what a confirmation needs. */
  total_micro_au?: number | string
  available_micro_au?: number | string
  approval_id?: string
  expires_at?: string
}

/** Why a meter refuses: its code, with the status that the catalog gives it. */
export type MeterRefusal = { readonly code: MeterCode; readonly status: 402 | 403 | 429 }

/** A refusal in the one error shape. The code is the contract, and its status with it; `message` and `suggestion` are for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: ReturnType<typeof statusOf> | MeterRefusal['status']
  readonly code: AnswerCode | MeterCode
  readonly suggestion: string
  readonly details: FailureDetails

  constructor(why: AnswerCode | MeterRefusal, message: string, suggestion: string, details: FailureDetails = {}) {
    super(message)
    const { code, status } = typeof why === 'string' ? { code: why, status: statusOf(why) } : why
    this.status = status
    this.code = code
    this.suggestion = suggestion
    this.details = details
  }

  toBody(): ErrorBody {
    // A failure of the platform is nothing that the one who asked could mend.
    return { code: this.code, message: this.message, ...(this.status < 500 ? { _suggestion: this.suggestion } : {}), ...this.details }
  }
}

export function notFound(what: string, suggestion: string): Refusal {
  return new Refusal('not_found', `There is no ${what}.`, suggestion)
}

export function badRequest(message: string, suggestion: string): Refusal {
  return new Refusal('invalid_request', message, suggestion)
}

/** 410 where the history that was read is not here (any more): then everything is read anew. */
export function cursorRefusal(problem: CursorProblem): Refusal {
  const suggestion = 'Read from the beginning, without since.'
  if (problem.cursor === 'malformed') return badRequest('This cursor was never given by this platform.', suggestion)
  return new Refusal(
    'cursor_unknown',
    'This platform does not have the history up to which was read; its database may have been put back.',
    suggestion,
    problem.wentBackTo === null ? {} : { went_back_to: isoTime(problem.wentBackTo) },
  )
}
