/** What each request may carry, read off the very schemas through which the engine sends (shared/contract/layer-a.ts). Pure. */
import { z } from 'zod'
import { type Endpoint, fieldMeanings, layerA } from '../../../shared/contract/layer-a.ts'

export type LeavingField = { name: string; meaning: string }
export type LeavingRequest = { name: string; method: string; path: string; purpose: string; fields: LeavingField[] }

export function leavingRequests(): LeavingRequest[] {
  return Object.entries<Endpoint>(layerA).map(([name, endpoint]) => ({
    name,
    method: endpoint.method,
    path: endpoint.path,
    purpose: endpoint.purpose,
    fields: [...fieldNames(endpoint.params), ...fieldNames(endpoint.query), ...(endpoint.request ? fieldNames(endpoint.request) : [])].map((field) => ({
      name: field,
      meaning: fieldMeanings[field] ?? fieldMeanings[lastPart(field)] ?? '',
    })),
  }))
}

/** `envelopes` is a list of objects: its fields are named `envelopes[].id` and so on, as in the egress log. */
function fieldNames(schema: z.ZodObject): string[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    if (!(field instanceof z.ZodArray)) return [name]
    const forms = formsOf(field.element)
    return forms.length === 0 ? [name] : [...new Set(forms.flatMap(fieldNames))].map((inner) => `${name}[].${inner}`)
  })
}

/** An item of a list has one form, or is one of several. */
function formsOf(element: unknown): z.ZodObject[] {
  const options: readonly unknown[] = element instanceof z.ZodUnion ? element.options : [element]
  return options.filter((option) => option instanceof z.ZodObject)
}

function lastPart(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1)
}
