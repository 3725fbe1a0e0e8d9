import type { Connection } from '../../../../shared/contract/console.ts'
import { errorClassOf } from '../../../../shared/contract/errors.ts'
import type { Answer } from './answer.ts'

/** Why a workspace cannot go on now. */
export type Trouble = {
  state: Exclude<Connection['state'], 'online' | 'connecting'>
  detail: string
  /** Null: no use in trying again before a person has done something. */
  retry: { afterMs: number | null } | null
}

/**
 * What an answer that is not `ok` means for the connection (shared/contract/README.md, "Errors"). A refusal with a quota code says
 * nothing against the connection: callers that can be refused so look before they ask here.
 */
export function troubleOf(answer: Exclude<Answer<unknown>, { kind: 'ok' }>): Trouble {
  switch (answer.kind) {
    case 'no_token':
      return { state: 'signed_out', detail: 'No token is stored for this workspace. Sign in again.', retry: null }
    case 'not_serialisable':
      return { state: 'problem', detail: `Nothing was sent: ${answer.message}`, retry: { afterMs: null } }
    case 'unreachable':
      return unreachable(answer)
    case 'error':
      return refused(answer)
  }
}

function unreachable(answer: Extract<Answer<unknown>, { kind: 'unreachable' }>): Trouble {
  const retry = { afterMs: null }
  switch (answer.reason) {
    case 'network':
    case 'timeout':
    case 'truncated':
    case 'aborted':
      return { state: 'offline', detail: answer.message, retry }
    // Something answers, and it is not the platform that was agreed on: a person should know.
    case 'tls':
    case 'redirect':
    case 'not_json':
    case 'bad_shape':
      return { state: 'problem', detail: answer.message, retry }
  }
}

function refused(answer: Extract<Answer<unknown>, { kind: 'error' }>): Trouble {
  const words = answer.error?.message
  if (answer.status === 401) return { state: 'signed_out', detail: words ?? 'The platform does not accept the token any more. Sign in again.', retry: null }
  if (errorClassOf(answer.status, answer.error) === 'auth')
    return { state: 'device_revoked', detail: words ?? 'This device was revoked at the platform.', retry: null }
  const retry = { afterMs: answer.retryAfterMs }
  if (answer.status >= 500 || answer.status === 408 || answer.status === 425 || answer.status === 429) {
    return { state: 'offline', detail: words ?? `The platform is not available (${answer.status}).`, retry }
  }
  return { state: 'problem', detail: words ?? `The platform refused the request (${answer.status}).`, retry }
}
