/**
 * What travels on the web host's socket (`ws://127.0.0.1:PORT/bridge`), as JSON text messages.
 *
 * The page opens the socket and says hello with the launch token of its URL (`#launch=TOKEN`, single use) or, after a reload or a lost
 * connection, with the tab secret it was given. The host answers `welcome` or closes with a code of `closeCodes`. Then calls, answers and events.
 * The page keeps the tab secret in `sessionStorage`, which no other tab reads, and takes the token out of the address at once.
 */
import { z } from 'zod'
import { consoleError } from './console.ts'

const secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

export const hello = z.union([
  z.strictObject({ type: z.literal('hello'), launchToken: secret }),
  z.strictObject({ type: z.literal('hello'), tabSecret: secret }),
])
export type Hello = z.infer<typeof hello>

/** `input` is checked by the router against the call's own schema. */
export const callMessage = z.strictObject({ type: z.literal('call'), id: z.int().nonnegative(), name: z.string().max(64), input: z.unknown() })

export const hostMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    tabSecret: secret,
    /** Loopback origins whose pages may be opened although they are not https (see `external-url.ts`). */
    trustedLoopbackOrigins: z.array(z.string()),
  }),
  z.strictObject({
    type: z.literal('answer'),
    id: z.int().nonnegative(),
    result: z.union([z.strictObject({ ok: z.literal(true), value: z.unknown() }), z.strictObject({ ok: z.literal(false), error: consoleError })]),
  }),
  /** The event's payload fits the `events` entry of its name: the host has checked it. */
  z.strictObject({ type: z.literal('event'), event: z.strictObject({ event: z.string(), payload: z.unknown() }) }),
])
export type HostMessage = z.infer<typeof hostMessage>
