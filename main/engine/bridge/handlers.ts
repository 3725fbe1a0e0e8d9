import type { z } from 'zod'
import type { EngineCallName, CallOutput, calls, Result } from '../../../shared/contract/console.ts'
import { ConsoleFailure } from '../base/failure.ts'
import { isDiskFullError } from '../store/disk-space.ts'
import { DiskFullError } from '../store/errors.ts'

/** One handler for each call of the bridge. Expected failures are thrown as ConsoleFailure. */
export type Handlers = { [N in EngineCallName]: (input: z.output<(typeof calls)[N]['input']>) => CallOutput<N> | Promise<CallOutput<N>> }

/** The handlers of one area: a part of the whole map. */
export type HandlersOf<Prefix extends string> = Pick<Handlers, Extract<EngineCallName, `${Prefix}.${string}`>>

/**
 * Runs a call whose input the router has checked. An unexpected error is reported by its name only: its message may
 * hold what a person wrote.
 */
export async function answerCall(
  handlers: Handlers,
  name: EngineCallName,
  input: unknown,
  noteFault: (where: string, error: unknown, words?: string) => void,
): Promise<Result<unknown>> {
  // The router has parsed the input with this call's schema; the map's key and its handler belong together by type.
  const handle: (input: never) => unknown = handlers[name]
  try {
    return { ok: true, value: await handle(input as never) }
  } catch (error) {
    if (error instanceof ConsoleFailure) return { ok: false, error: error.toError() }
    noteFault(name, error, error instanceof Error ? `${error.name} ${error.stack?.split('\n').slice(1, 4).join(' | ') ?? ''}` : typeof error)
    if (isDiskFullError(error)) return { ok: false, error: new DiskFullError(error).toError() }
    return {
      ok: false,
      error: { code: 'internal', message: 'Something in the console went wrong; this was not done.', suggestion: 'Nothing that was saved is lost. Try again.' },
    }
  }
}
