import type { z } from 'zod'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { platformError } from '../../../shared/contract/platform.ts'

type ErrorBody = z.output<typeof platformError>
export type FailureDetails = Pick<ErrorBody, 'reason' | 'meter' | 'limit' | 'used' | 'retry_after_s' | 'current'> & {
  /** Of a refusal by a wallet: micro-AU, and what a confirmation needs. */
  total_micro_au?: number | string
  available_micro_au?: number | string
  approval_id?: string
  expires_at?: string
}

/** A refusal in the one error shape. `code` is the contract; `message` and `suggestion` are for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly suggestion: string
  readonly details: FailureDetails

  constructor(status: ContentfulStatusCode, code: string, message: string, suggestion: string, details: FailureDetails = {}) {
    super(message)
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
  return new Refusal(404, 'not_found', `There is no ${what}.`, suggestion)
}

export function badRequest(message: string, suggestion: string): Refusal {
  return new Refusal(400, 'invalid_request', message, suggestion)
}
