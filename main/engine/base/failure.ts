import type { ConsoleError } from '../../../shared/contract/console.ts'

/** An expected failure with words for the person. Thrown inside the engine, a result at the bridge. */
export class ConsoleFailure extends Error {
  override readonly name = 'ConsoleFailure'
  readonly code: string
  readonly suggestion: string

  constructor(code: string, message: string, suggestion: string) {
    super(message)
    this.code = code
    this.suggestion = suggestion
  }

  toError(): ConsoleError {
    return { code: this.code, message: this.message, suggestion: this.suggestion }
  }
}
