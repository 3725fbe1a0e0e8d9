import { z } from 'zod'

/** What was left out of an answer or a document because it is not what the contract promises. */
export type LeftOut = { count: number /** The first few, e.g. `results 0198…: size_bytes`. */; names: string[] }

const NAMES_KEPT = 5
const NAME_LETTERS = 80

type Place = (string | number)[]

/**
 * Parses what a platform says, or what a page is to show of it, so that one odd item costs itself: an item of a list, or an entry of a record, that does not fit is left out
 * and named. What is odd outside every list and record makes the whole odd, and so does a list that may not be shorter.
 */
export function parseLeniently<T>(schema: z.ZodType<T>, value: unknown): { ok: true; value: T; leftOut: LeftOut | null } | { ok: false; error: z.ZodError } {
  const parsed = schema.safeParse(value)
  if (parsed.success) return { ok: true, value: parsed.data, leftOut: null }
  const odd = new Map<string, { place: Place; field: string }>()
  for (const issue of parsed.error.issues) {
    const place = itemPlace(schema, issue.path)
    if (place === null) return { ok: false, error: parsed.error }
    const key = JSON.stringify(place)
    if (!odd.has(key)) odd.set(key, { place, field: z.core.toDotPath(issue.path.slice(place.length)) || issue.code })
  }
  const names = [...odd.values()].slice(0, NAMES_KEPT).map(({ place, field }) => `${nameOf(value, place)}: ${field}`.slice(0, NAME_LETTERS))
  const rest = schema.safeParse(
    without(
      value,
      [...odd.values()].map(({ place }) => place),
    ),
  )
  return rest.success ? { ok: true, value: rest.data, leftOut: { count: odd.size, names } } : { ok: false, error: parsed.error }
}

/** The outermost item of a list or entry of a record that an issue lies in; null: in none. */
function itemPlace(schema: z.core.$ZodType, path: readonly PropertyKey[]): Place | null {
  const place: Place = []
  let at: z.core.$ZodType | undefined = schema
  for (const key of path) {
    at = unwrapped(at)
    if (typeof key === 'symbol' || at === undefined) return null
    place.push(key)
    if (at instanceof z.ZodArray || at instanceof z.ZodRecord) return place
    if (!(at instanceof z.ZodObject)) return null
    at = at.shape[key]
  }
  return null
}

function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrapped(schema.unwrap()) : schema
}

/** A copy of the way to the odd items; what is sound is shared with the original. All places in one list are taken out in one pass. */
function without(value: unknown, places: readonly Place[]): unknown {
  const here = new Set(places.filter(({ length }) => length === 1).map(([key]) => key))
  const inside = Map.groupBy(
    places.filter(({ length }) => length > 1),
    ([key]) => key,
  )
  if (Array.isArray(value)) return value.filter((_, index) => !here.has(index))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      if (here.has(key)) return []
      const deeper = inside.get(key)
      return [
        [
          key,
          deeper === undefined
            ? one
            : without(
                one,
                deeper.map((place) => place.slice(1)),
              ),
        ],
      ]
    }),
  )
}

function nameOf(value: unknown, place: Place): string {
  let at: unknown = value
  for (const key of place) at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined
  const list = place.slice(0, -1).join('.')
  const own = isNamed(at) ? [at.topic, at.id ?? at.key ?? at.metric].filter((part) => typeof part === 'string').join(' ') : ''
  return [list, own === '' ? `number ${String(place.at(-1))}` : own].filter((part) => part !== '').join(' ')
}

function isNamed(value: unknown): value is { topic?: unknown; id?: unknown; key?: unknown; metric?: unknown } {
  return typeof value === 'object' && value !== null
}
