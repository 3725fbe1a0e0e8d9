import type { z } from 'zod'
import {
  type CallName,
  calls,
  type ConsoleError,
  type ConsoleEvent,
  consoleError,
  type EngineCallName,
  events,
  type Result,
} from '../../shared/contract/console.ts'
import { type LeftOut, parseLeniently } from '../../shared/contract/lenient.ts'
import { type HostCallName, type HostHandlers, hostCalls } from '../../shared/contract/console/desktop.ts'

export type Router = {
  /** What a window asks. Never throws and never answers anything that the contract does not name. */
  handle(name: unknown, input: unknown): Promise<Result<unknown>>
  /** The event if it keeps to the contract; null (and a line in the log) if it does not. */
  checkEvent(event: ConsoleEvent): ConsoleEvent | null
}

export type RouterInput = {
  /** The engine. */
  call: (name: EngineCallName, input: unknown) => Promise<Result<unknown>>
  /** What the host answers by itself; without it, its calls are refused in words. */
  host?: HostHandlers
  /** Told of a call whose answer was shown without some odd items, and with null when it is whole again. */
  leftOut?: (name: CallName, leftOut: LeftOut | null) => void
  /** One line for the log: names calls and fields, never their content. */
  report: (line: string) => void
}

/** The bridge's check in both directions: a window is not trusted with what it sends, nor with what it was never meant to receive. */
export function createRouter({ call, host, leftOut, report }: RouterInput): Router {
  const odd = new Set<CallName>()
  return {
    async handle(name, input) {
      if (!isCallName(name)) {
        return refusal({
          code: 'unknown_call',
          message: 'The console does not know this call.',
          suggestion: 'Reload the page: it may be older than the program.',
        })
      }
      const { input: inputSchema, output: outputSchema } = calls[name]
      const asked = inputSchema.safeParse(input)
      if (!asked.success) return refusal(invalidInput(asked.error))
      let result: Result<unknown>
      try {
        result = isHostCall(name) ? await answerHere(host, name, asked.data) : await call(name, asked.data)
      } catch (error) {
        if (error instanceof HostRefusal) return refusal(error.words)
        report(`${name} threw ${error instanceof Error ? error.name : typeof error}`)
        return refusal(internal)
      }
      if (!result.ok) {
        const error = consoleError.safeParse(result.error)
        if (error.success) return { ok: false, error: error.data }
        report(`${name}: its error does not keep to the contract at ${fieldOf(error.error)}`)
        return refusal(internal)
      }
      // One odd item costs itself, not its page: the rest of the page is shown, and the person is told what is missing.
      const answered = parseLeniently<unknown>(outputSchema, result.value)
      if (answered.ok) {
        noteLeftOut(name, answered.leftOut)
        return { ok: true, value: answered.value }
      }
      report(`${name}: its answer does not keep to the contract at ${fieldOf(answered.error)}`)
      return refusal(internal)
    },
    checkEvent(event) {
      const schema: z.ZodType | undefined = Object.hasOwn(events, event.event) ? events[event.event] : undefined
      const payload = schema?.safeParse(event.payload)
      if (payload?.success) return event
      report(`event ${event.event} does not keep to the contract${payload === undefined ? '' : ` at ${fieldOf(payload.error)}`}`)
      return null
    },
  }

  function noteLeftOut(name: CallName, found: LeftOut | null): void {
    if (found === null && !odd.delete(name)) return
    if (found !== null) {
      odd.add(name)
      report(`${name}: ${found.count} of its items do not keep to the contract and were left out`)
    }
    leftOut?.(name, found)
  }
}

/** An expected failure of a host's own call, in words for a person. */
export class HostRefusal extends Error {
  override readonly name = 'HostRefusal'
  readonly words: ConsoleError
  constructor(words: ConsoleError) {
    super(words.message)
    this.words = words
  }
}

async function answerHere(host: HostHandlers | undefined, name: HostCallName, input: unknown): Promise<Result<unknown>> {
  if (host === undefined)
    return refusal({
      code: 'not_on_this_host',
      message: 'Only the desktop application can do this.',
      suggestion: 'Open Tidemark as a desktop window; the data folder may be the same.',
    })
  // The router has parsed the input with this call's schema; the map's key and its handler belong together by type.
  const handle: (input: never) => unknown = host[name]
  return { ok: true, value: await handle(input as never) }
}

const internal: ConsoleError = {
  code: 'internal',
  message: 'Something in the console is wrong; this was not done.',
  suggestion: 'Nothing that was saved is lost. Try again, and report it if it stays.',
}

function invalidInput(error: z.ZodError): ConsoleError {
  const issue = error.issues[0]
  return {
    code: 'invalid_input',
    message: `${fieldOf(error)}: ${issue?.message ?? 'not valid'}`,
    suggestion: 'Correct this field and try again.',
  }
}

/** Where it does not fit, e.g. `rows.0.sizeBytes`. Keys that a strict object does not know are named too; they are the asker's words, not content. */
function fieldOf(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined || (issue.path.length === 0 && issue.code !== 'unrecognized_keys')) return 'the whole value'
  return [...issue.path.map(String), ...(issue.code === 'unrecognized_keys' ? issue.keys : [])].join('.')
}

function isCallName(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(calls, name)
}

function isHostCall(name: CallName): name is HostCallName {
  return Object.hasOwn(hostCalls, name)
}

function refusal(error: ConsoleError): Result<never> {
  return { ok: false, error }
}
