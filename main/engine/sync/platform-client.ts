import type { z } from 'zod'
import type { EndpointName, EndpointOf } from '../../../shared/contract/layer-a.ts'
import type { Answer } from './answer.ts'

export type RequestParts<N extends EndpointName> = {
  params?: z.input<EndpointOf<N>['params']>
  query?: z.input<EndpointOf<N>['query']>
  body?: EndpointOf<N>['request'] extends z.ZodObject ? z.input<EndpointOf<N>['request']> : never
  idempotencyKey?: string
  timeoutMs?: number
  signal?: AbortSignal
}

/** The only way out of this computer: every request goes through layer-a.ts and the egress log. */
export type PlatformClient = {
  send<N extends EndpointName>(workspaceId: string, name: N, parts: RequestParts<N>): Promise<Answer<z.output<EndpointOf<N>['response']>>>
}
