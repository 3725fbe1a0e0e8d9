/**
 * Reads what the web host says over the socket. Its shape is the contract's `hostMessage`, held to it by hand: the schemas would have to be
 * loaded and run before the page can ask its first question, and cost more than everything else that happens until then.
 */
import type { ConsoleError } from '../../../shared/contract/console.ts'
import type { HostMessage } from '../../../shared/contract/web-socket.ts'

const unreadable: ConsoleError = {
  code: 'invalid_answer',
  message: 'The engine answered something that this page does not understand.',
  suggestion: 'Reload the page: it may be older than the engine.',
}

/** Null: nothing that can be acted on. An answer of another shape must still end the call that waits for it: it becomes a refusal. */
export function readHostMessage(data: unknown): HostMessage | null {
  if (typeof data !== 'string') return null
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return null
  }
  if (!isObject(value)) return null
  const message = welcomeIn(value) ?? answerIn(value) ?? eventIn(value)
  if (message !== null) return message
  return isCallId(value.id) ? { type: 'answer', id: value.id, result: { ok: false, error: unreadable } } : null
}

type Fields = Record<string, unknown>

function welcomeIn(value: Fields): HostMessage | null {
  if (value.type !== 'welcome' || !hasOnly(value, 'type', 'tabSecret', 'trustedLoopbackOrigins')) return null
  const { tabSecret, trustedLoopbackOrigins } = value
  if (typeof tabSecret !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(tabSecret)) return null
  if (!Array.isArray(trustedLoopbackOrigins) || !trustedLoopbackOrigins.every((origin) => typeof origin === 'string')) return null
  return { type: 'welcome', tabSecret, trustedLoopbackOrigins }
}

function answerIn(value: Fields): HostMessage | null {
  if (value.type !== 'answer' || !hasOnly(value, 'type', 'id', 'result')) return null
  const { id, result } = value
  if (!isCallId(id) || !isObject(result)) return null
  if (result.ok === true && hasOnly(result, 'ok', 'value')) return { type: 'answer', id, result: { ok: true, value: result.value } }
  if (result.ok !== false || !hasOnly(result, 'ok', 'error') || !isObject(result.error)) return null
  const { code, message, suggestion } = result.error
  if (typeof code !== 'string' || typeof message !== 'string' || typeof suggestion !== 'string') return null
  if (!hasOnly(result.error, 'code', 'message', 'suggestion')) return null
  return { type: 'answer', id, result: { ok: false, error: { code, message, suggestion } } }
}

function eventIn(value: Fields): HostMessage | null {
  if (value.type !== 'event' || !hasOnly(value, 'type', 'event') || !isObject(value.event)) return null
  const { event, payload } = value.event
  return typeof event === 'string' && hasOnly(value.event, 'event', 'payload') ? { type: 'event', event: { event, payload } } : null
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasOnly(value: Fields, ...fields: string[]): boolean {
  return Object.keys(value).every((field) => fields.includes(field))
}

function isCallId(id: unknown): id is number {
  return Number.isSafeInteger(id) && (id as number) >= 0
}
