import { z } from 'zod'
import { type PlatformError, platformError } from '../../../../shared/contract/platform.ts'
import type { Answer } from './answer.ts'
import { parseLeniently } from '../../../../shared/contract/lenient.ts'
import { cappedWaitMs, parseRetryAfter } from './retry-after.ts'
import { cutWords } from './words.ts'

export type RawAnswer = { status: number; retryAfter: string | null; date: string | null; body: Buffer }

/**
 * What a complete answer means. A 2xx counts only when its body has the shape that the contract promises: a proxy's
 * login page with status 200 is no delivery. One odd item of it costs itself; words for people are cut, and nowhere else.
 */
export function readAnswer<T>(raw: RawAnswer, response: z.ZodType<T>, nowMs: number): Answer<T> {
  if (raw.status >= 200 && raw.status < 300) return readSuccess(raw, response)
  if (raw.status < 400) return { kind: 'unreachable', reason: 'bad_shape', message: `The platform answered ${raw.status}, which is no answer to this request.` }
  const json = parseJson(raw.body)
  const error = json.ok ? readError(json.value) : null
  const bodySeconds = error?.retry_after_s
  return {
    kind: 'error',
    status: raw.status,
    error,
    retryAfterMs: parseRetryAfter(raw.retryAfter, raw.date, nowMs) ?? (bodySeconds === undefined ? null : cappedWaitMs(bodySeconds * 1000)),
  }
}

function readSuccess<T>(raw: RawAnswer, response: z.ZodType<T>): Answer<T> {
  // 204, or an acknowledgement without words: the schema says whether nothing is enough.
  const json = raw.body.length === 0 ? { ok: true as const, value: {} } : parseJson(raw.body)
  if (!json.ok)
    return {
      kind: 'unreachable',
      reason: json.reason,
      message: json.reason === 'truncated' ? 'The answer broke off.' : 'Something that is not the platform answered (no JSON).',
    }
  const parsed = parseLeniently(response, json.value)
  if (parsed.ok) return { kind: 'ok', status: raw.status, value: parsed.value, ...(parsed.leftOut === null ? {} : { leftOut: parsed.leftOut }) }
  if (raw.body.length === 0) return { kind: 'unreachable', reason: 'truncated', message: 'The answer was empty.' }
  return { kind: 'unreachable', reason: 'bad_shape', message: `The answer does not have the agreed shape: ${firstIssue(parsed.error)}` }
}

/** An odd field costs itself: a refusal that says `limit: null` is still that of its code and its meter. Null: code or words are missing. */
function readError(value: unknown): PlatformError | null {
  const parsed = platformError.safeParse(value)
  if (parsed.success) return parsed.data
  if (typeof value !== 'object' || value === null) return null
  const odd = new Set(parsed.error.issues.map(({ path }) => path[0]))
  const rest = platformError.safeParse(Object.fromEntries(Object.entries(value).filter(([key]) => !odd.has(key))))
  return rest.success ? rest.data : null
}

type Json = { ok: true; value: unknown } | { ok: false; reason: 'truncated' | 'not_json' }

function parseJson(body: Buffer): Json {
  const text = body.toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    cutWords(value)
    return { ok: true, value }
  } catch {
    const first = text.trimStart().charAt(0)
    return { ok: false, reason: first === '{' || first === '[' ? 'truncated' : 'not_json' }
  }
}

/** Path and kind of the first difference, never a value of the answer: it may be long or not for the log. */
function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? 'unknown' : `${z.core.toDotPath(issue.path) || 'body'}: ${issue.code}`
}
