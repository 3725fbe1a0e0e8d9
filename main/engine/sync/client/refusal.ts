import { ConsoleFailure } from '../../base/failure.ts'
import type { Answer } from './answer.ts'
import { troubleOf } from './trouble.ts'

/** An answer to something that a person asked for now, as the failure that the page shows. */
export function failureOf(answer: Exclude<Answer<unknown>, { kind: 'ok' }>): ConsoleFailure {
  if (answer.kind === 'error' && answer.error !== null && answer.status !== 401) {
    return new ConsoleFailure(answer.error.code, answer.error.message, answer.error._suggestion ?? 'Try again later.')
  }
  const trouble = troubleOf(answer)
  switch (trouble.state) {
    case 'signed_out':
      return new ConsoleFailure('signed_out', trouble.detail, 'Sign in to this workspace again.')
    case 'device_revoked':
      return new ConsoleFailure('device_revoked', trouble.detail, 'Ask who manages this workspace to let this device in again.')
    case 'offline':
      return new ConsoleFailure('offline', trouble.detail, 'This needs the platform. Try again when the connection is back.')
    case 'problem':
      return new ConsoleFailure('connection_problem', trouble.detail, 'Check the address of the workspace and the network you are in.')
  }
}
