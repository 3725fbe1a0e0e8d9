import type { ConsoleError, Result } from '../../../shared/contract/console.ts'

/** A refused call as an exception, for TanStack Query: it tells success from failure by throwing. */
export class CallError extends Error {
  readonly code: string
  readonly suggestion: string

  constructor(error: ConsoleError) {
    super(error.message)
    this.name = 'CallError'
    this.code = error.code
    this.suggestion = error.suggestion
  }
}

export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new CallError(result.error)
}

/** Any thrown thing in the shape that a page shows. */
export function describeError(error: unknown): ConsoleError {
  if (error instanceof CallError) return { code: error.code, message: error.message, suggestion: error.suggestion }
  return {
    code: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
    suggestion: 'Try again. If it happens again, restart the console.',
  }
}
