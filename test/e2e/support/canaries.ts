import { z } from 'zod'
import type { RecordedRequest } from '../../faults/proxy.ts'

/** Something that must never leave this computer, in any form. */
export type Canary = { name: string; bytes: Uint8Array }

/** One way in which bytes can be written into a request. */
type Form = { canary: string; form: string; needle: Buffer }

/**
 * Where canaries are in what left: one line a find, naming the canary, its form and the request. Looked for in every byte that came over the
 * socket (request line with its query, headers, body), and in the bytes of every ciphertext after its base64 was undone.
 */
export function canariesIn(requests: readonly RecordedRequest[], canaries: readonly Canary[]): string[] {
  const forms = canaries.flatMap(({ name, bytes }) => formsOf(name, Buffer.from(bytes)))
  return requests.flatMap((request) => {
    // A body in chunks is broken up by their lengths; put together it is not.
    const whole = request.headers['transfer-encoding'] === undefined ? [] : [request.body]
    const places = [request.raw, ...whole, ...ciphertextsOf(request)]
    return forms
      .filter(({ needle }) => places.some((bytes) => bytes.includes(needle)))
      .map(({ canary, form }) => `${canary} as ${form} in ${request.method} ${request.path}`)
  })
}

/** Bodies that were compressed would hide what is in them. */
export function unreadableRequests(requests: readonly RecordedRequest[]): string[] {
  return requests.filter(({ headers }) => headers['content-encoding'] !== undefined).map(({ method, path }) => `${method} ${path}`)
}

function formsOf(canary: string, bytes: Buffer): Form[] {
  const text = bytes.toString('utf8')
  const isText = Buffer.from(text).equals(bytes)
  const candidates: [form: string, needle: Buffer | string][] = [
    ['it is', bytes],
    ['hex', bytes.toString('hex')],
    ['upper-case hex', bytes.toString('hex').toUpperCase()],
    ...[0, 1, 2].flatMap((shift): [string, string][] => {
      const base64 = base64Within(bytes, shift)
      return [
        [`base64 (shifted by ${shift})`, base64],
        [`base64url (shifted by ${shift})`, base64.replaceAll('+', '-').replaceAll('/', '_')],
      ]
    }),
    ...(isText
      ? ([
          ['UTF-16', Buffer.from(text, 'utf16le')],
          ['URL-encoded text', encodeURIComponent(text)],
          ['JSON text', JSON.stringify(text).slice(1, -1)],
          ['reversed text', [...text].reverse().join('')],
        ] as [string, Buffer | string][])
      : []),
  ]
  const seen = new Set<string>()
  return candidates.flatMap(([form, needle]) => {
    const asBytes = Buffer.from(needle)
    const key = asBytes.toString('latin1')
    if (seen.has(key)) return []
    seen.add(key)
    return [{ canary, form, needle: asBytes }]
  })
}

/** The characters that stand for these bytes within a longer base64 text in which they begin at byte `shift` of a group of three. */
function base64Within(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replaceAll('=', '')
  const first = [0, 2, 3][shift] ?? 0
  const mixesWithWhatFollows = (shift + bytes.length) % 3 !== 0
  return text.slice(first, mixesWithWhatFollows ? -1 : undefined)
}

const push = z.object({ envelopes: z.array(z.object({ ciphertext: z.string() })) })

function ciphertextsOf({ method, path, body }: RecordedRequest): Buffer[] {
  if (method !== 'POST' || path !== '/v1/sync/push' || body.length === 0) return []
  return push.parse(JSON.parse(body.toString('utf8'))).envelopes.map(({ ciphertext }) => Buffer.from(ciphertext, 'base64'))
}
