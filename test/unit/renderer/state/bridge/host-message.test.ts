import { describe, expect, it } from 'vitest'
import { readHostMessage } from '../../../../../renderer/state/bridge/host-message.ts'
import { hostMessage } from '../../../../../shared/contract/web-socket.ts'

const tabSecret = 'a'.repeat(43)
const error = { code: 'offline', message: 'No.', suggestion: 'Wait.' }

const understood: unknown[] = [
  { type: 'welcome', tabSecret, trustedLoopbackOrigins: [] },
  { type: 'welcome', tabSecret, trustedLoopbackOrigins: ['http://127.0.0.1:1'] },
  { type: 'answer', id: 0, result: { ok: true, value: { rows: [1] } } },
  { type: 'answer', id: 7, result: { ok: true, value: null } },
  { type: 'answer', id: 7, result: { ok: false, error } },
  { type: 'event', event: { event: 'vault.changed', payload: { state: 'locked' } } },
]

/** Nothing that the page could act on, and no call to end. */
const ignored: unknown[] = [
  null,
  [],
  'welcome',
  {},
  { type: 'welcome', tabSecret: 'short', trustedLoopbackOrigins: [] },
  { type: 'welcome', tabSecret, trustedLoopbackOrigins: [1] },
  { type: 'welcome', tabSecret, trustedLoopbackOrigins: [], more: 1 },
  { type: 'welcome', tabSecret },
  { type: 'event', event: { event: 1, payload: {} } },
  { type: 'event', event: { event: 'x', payload: {}, more: 1 } },
  { type: 'event', event: { event: 'x', payload: {} }, more: 1 },
  { type: 'answer', id: -1, result: { ok: true, value: 1 } },
  { type: 'answer', id: 1.5, result: { ok: true, value: 1 } },
  { type: 'answer', id: '1', result: { ok: true, value: 1 } },
]

/** Of another shape, but somebody waits for it. */
const refused: unknown[] = [
  { type: 'answer', id: 3, result: { ok: true, value: 1, more: 1 } },
  { type: 'answer', id: 3, result: { ok: 'yes', value: 1 } },
  { type: 'answer', id: 3, result: { ok: false, error: { ...error, code: 1 } } },
  { type: 'answer', id: 3, result: { ok: false, error: { ...error, stack: 'x' } } },
  { type: 'answer', id: 3 },
  { type: 'answer', id: 3, result: { ok: true, value: 1 }, more: 1 },
  { type: 'reply', id: 3, result: { ok: true, value: 1 } },
]

describe('a message of the web host', () => {
  it.each(understood)('is read as the contract has it: %j', (message) => {
    expect(hostMessage.safeParse(message)).toEqual({ success: true, data: message })
    expect(readHostMessage(JSON.stringify(message))).toEqual(message)
  })

  it.each(ignored)('that is none of the contract is ignored: %j', (message) => {
    expect(hostMessage.safeParse(message).success).toBe(false)
    expect(readHostMessage(JSON.stringify(message))).toBeNull()
  })

  it.each(refused)('that answers a call in another shape ends the call with an error: %j', (message) => {
    expect(hostMessage.safeParse(message).success).toBe(false)
    expect(readHostMessage(JSON.stringify(message))).toMatchObject({ type: 'answer', id: 3, result: { ok: false, error: { code: 'invalid_answer' } } })
  })

  it('that is no text or no JSON is ignored', () => {
    expect(readHostMessage(new ArrayBuffer(2))).toBeNull()
    expect(readHostMessage('{')).toBeNull()
  })
})
