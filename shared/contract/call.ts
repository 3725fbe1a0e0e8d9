/** One entry of the bridge's map of calls. What it is stands beside its shapes, so that no page can keep an answer that nothing refreshes. */
import type { z } from 'zod'
import type { Topic } from './topics.ts'

/** A read's answer is kept until one of its topics moves, and then asked for again. `because`: why it never has to be. */
type Reads = { readonly topics: readonly [Topic, ...Topic[]] } | { readonly topics: readonly []; readonly because: string }
/** Does something, or makes something once (a file, a link): its answer is not kept. */
type Action = 'action'

type Shapes<I extends z.ZodType, O extends z.ZodType> = { readonly input: I; readonly output: O }
type ReadCall<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = Shapes<I, O> & { readonly kind: 'read'; readonly topics: readonly Topic[] }
type ActionCall<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = Shapes<I, O> & { readonly kind: 'action' }

export function call<const I extends z.ZodType, const O extends z.ZodType>(input: I, output: O, reads: Reads): ReadCall<I, O>
export function call<const I extends z.ZodType, const O extends z.ZodType>(input: I, output: O, does: Action): ActionCall<I, O>
export function call(input: z.ZodType, output: z.ZodType, what: Reads | Action): ReadCall | ActionCall {
  return what === 'action' ? { kind: 'action', input, output } : { kind: 'read', input, output, topics: what.topics }
}
