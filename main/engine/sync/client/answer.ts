import type { PlatformError } from '../../../../shared/contract/platform.ts'
import type { LeftOut } from '../../../../shared/contract/lenient.ts'

/** How a request ended. The client never throws for what a platform or a network does. */
export type Answer<T> =
  /** `leftOut`: items of it that were not what the contract promises; the rest of it is `value`. */
  | { kind: 'ok'; status: number; value: T; leftOut?: LeftOut }
  /** The platform answered with an error; `error` is null when its body was not the contract's shape. */
  | { kind: 'error'; status: number; error: PlatformError | null; retryAfterMs: number | null }
  /** No usable answer came: whether the platform acted on the request is unknown. */
  | { kind: 'unreachable'; reason: 'network' | 'timeout' | 'truncated' | 'not_json' | 'bad_shape' | 'tls' | 'redirect' | 'aborted'; message: string }
  /** No token for this workspace. Nothing was sent. */
  | { kind: 'no_token' }
  /** What was to be sent is not what the contract allows (a field that is not listed, a value out of bounds). Nothing was sent. */
  | { kind: 'not_serialisable'; message: string }
