import type { z } from 'zod'
import type { EndpointName, EndpointOf } from '../../../../shared/contract/layer-a.ts'
import type { Answer } from './answer.ts'

export type RequestParts<N extends EndpointName> = {
  params?: z.input<EndpointOf<N>['params']>
  query?: z.input<EndpointOf<N>['query']>
  body?: EndpointOf<N>['request'] extends z.ZodObject ? z.input<EndpointOf<N>['request']> : never
  idempotencyKey?: string
  timeoutMs?: number
  signal?: AbortSignal
}

export type AnswerTo<N extends EndpointName> = Answer<z.output<EndpointOf<N>['response']>>

/** A call that was checked and written down beforehand, so that it leaves at once. */
export type PreparedCall<N extends EndpointName> = {
  /** `onLeave`: called when the request is about to be written to its connection. */
  send(workspaceId: string, options: { signal: AbortSignal; onLeave(): void }): Promise<AnswerTo<N>>
}

/** The only way out of this computer: every request goes through layer-a.ts and the egress log. */
export type PlatformClient = {
  send<N extends EndpointName>(workspaceId: string, name: N, parts: RequestParts<N>): Promise<AnswerTo<N>>
  /** @throws ZodError for what may not leave as it is: a field that is not listed, a value out of bounds. */
  prepare<N extends EndpointName>(name: N, parts: Omit<RequestParts<N>, 'signal' | 'timeoutMs'>): PreparedCall<N>
}
