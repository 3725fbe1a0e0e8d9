import type { z } from 'zod'
import { type Endpoint, type EndpointName, layerA } from '../../../../shared/contract/layer-a.ts'
import { pushFieldNames, serialisePush } from './push-body.ts'

export type PreparedRequest = {
  method: Endpoint['method']
  /** With its parts filled in, without query. */
  path: string
  /** As the contract writes it. */
  route: string
  /** `?a=b`, or nothing. */
  search: string
  body: Buffer | null
  /** Names of what leaves, e.g. `envelopes[].ciphertext`; for the egress log. */
  fields: readonly string[]
  purpose: string
  idempotencyKey: string | null
}

/** What a caller hands over; typed in `RequestParts`, judged here. */
export type UncheckedParts = { params?: unknown; query?: unknown; body?: unknown; idempotencyKey?: string | undefined }

/**
 * Turns a call into what leaves this computer. Params, query and body go through the strict schemas of layer-a.ts: a
 * field that is not listed throws here, before anything is logged or sent.
 */
export function prepareRequest(name: EndpointName, parts: UncheckedParts): PreparedRequest {
  const endpoint: Endpoint = layerA[name]
  const params = endpoint.params.parse(parts.params ?? {})
  const query = endpoint.query.parse(parts.query ?? {})
  const { body, bodyFields } = prepareBody(name, endpoint, parts.body)
  if (endpoint.idempotent && parts.idempotencyKey === undefined) throw new Error(`${name} creates something: it needs an idempotency key`)
  if (!endpoint.idempotent && parts.idempotencyKey !== undefined) throw new Error(`${name} takes no idempotency key`)
  const search = new URLSearchParams(Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]))).toString()
  return {
    method: endpoint.method,
    path: fillPath(endpoint.path, params),
    route: endpoint.path,
    search: search === '' ? '' : `?${search}`,
    body,
    fields: [...fieldNames(params), ...fieldNames(query), ...bodyFields],
    purpose: endpoint.purpose,
    idempotencyKey: parts.idempotencyKey ?? null,
  }
}

function prepareBody(name: EndpointName, endpoint: Endpoint, body: unknown): { body: Buffer | null; bodyFields: readonly string[] } {
  if (endpoint.request === null) {
    if (body !== undefined) throw new Error(`${name} takes no body`)
    return { body: null, bodyFields: [] }
  }
  const quick = name === 'push' ? serialisePush(body) : null
  if (quick !== null) return { body: Buffer.from(quick, 'latin1'), bodyFields: pushFieldNames }
  const checked: z.output<typeof endpoint.request> = endpoint.request.parse(body)
  return { body: Buffer.from(JSON.stringify(checked)), bodyFields: fieldNames(checked) }
}

function fillPath(template: string, params: Record<string, unknown>): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = String(params[key] ?? '')
    // `.` and `..` survive percent-encoding and would walk to another route.
    if (value === '' || value === '.' || value === '..') throw new Error(`"${value}" cannot be part of a path`)
    return encodeURIComponent(value)
  })
}

/** Names of the fields that are there, nested ones as `outer.inner`, those of lists once as `list[].inner`. */
export function fieldNames(value: unknown): string[] {
  const names = new Set<string>()
  collect(value, '', names)
  return [...names]
}

/** What stands in it is the person's own, and its names may be as many as its events: it leaves as one field. */
const FREE = '].metadata'

function collect(value: unknown, prefix: string, names: Set<string>): void {
  if (value === undefined) return
  if (Array.isArray(value)) {
    for (const item of value) collect(item, `${prefix}[]`, names)
  } else if (typeof value === 'object' && value !== null && !prefix.endsWith(FREE)) {
    for (const [key, inner] of Object.entries(value)) collect(inner, prefix === '' ? key : `${prefix}.${key}`, names)
  } else {
    names.add(prefix)
  }
}
