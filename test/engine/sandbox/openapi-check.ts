import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { z } from 'zod'

const description = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  'x-error-codes': z.record(z.string(), z.looseObject({ statuses: z.array(z.int()) })),
})
const errorBody = z.looseObject({ code: z.string() })
const operation = z.looseObject({
  responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown().optional() })).optional() })),
})

type Answer = { method: string; path: string; status: number; contentType: string | null; body: unknown }

/** Checks answers against `/openapi.json`, by a validator that knows nothing of the schemas from which it was generated. */
export class OpenApiCheck {
  readonly #ajv: Ajv2020
  readonly #routes: { method: string; pattern: RegExp; pointer: string; responses: z.output<typeof operation>['responses'] }[]
  readonly #compiled = new Map<string, ValidateFunction>()
  readonly #errorCodes: z.output<typeof description>['x-error-codes']

  constructor(document: unknown) {
    // OpenAPI's own keywords are no JSON Schema: they are passed over, not refused.
    this.#ajv = new Ajv2020({ strict: false, allErrors: true })
    addFormats.default(this.#ajv)
    const { paths, ...rest } = description.parse(document)
    this.#errorCodes = rest['x-error-codes']
    this.#ajv.addSchema({ ...rest, paths, $id: 'https://platform/openapi.json' })
    this.#routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => ({
        method: method.toUpperCase(),
        pattern: new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
        pointer: `#/paths/${escapePointer(path)}/${method}/responses`,
        responses: operation.parse(described).responses,
      })),
    )
  }

  /** Throws an Error that says what of an answer is not as described. */
  check({ method, path, status, contentType, body }: Answer): void {
    const [pathname = ''] = path.split('?')
    const name = `${method} ${pathname} → ${status}`
    // A path with a name in it is also matched by one with a placeholder there: the literal one is meant.
    const route = this.#routes
      .filter((candidate) => candidate.method === method && candidate.pattern.test(pathname))
      .toSorted((left, right) => left.pointer.split('{').length - right.pointer.split('{').length)[0]
    if (route === undefined) {
      if (status === 404 || status === 405 || status === 401 || status === 403) return
      throw new Error(`${name}: the description has no such route`)
    }
    const key = [String(status), `${Math.floor(status / 100)}XX`].find((code) => Object.hasOwn(route.responses, code))
    if (key === undefined) throw new Error(`${name}: the description has no such answer`)
    const [type = ''] = (contentType ?? '').split(';')
    const content = route.responses[key]?.content ?? {}
    if (!Object.hasOwn(content, type)) throw new Error(`${name}: described as ${Object.keys(content).join(', ')}, answered as ${type}`)
    const pointer = `https://platform/openapi.json${route.pointer}/${key}/content/${escapePointer(type)}/schema`
    const validate = this.#compiled.get(pointer) ?? this.#ajv.compile({ $ref: pointer })
    this.#compiled.set(pointer, validate)
    if (!validate(body)) throw new Error(`${name}: ${this.#ajv.errorsText(validate.errors)}`)
    if (status >= 400) this.#checkCode(name, status, errorBody.parse(body).code)
  }

  /** A meter's refusal is called after the meter, and each catalog has its own. */
  #checkCode(name: string, status: number, code: string): void {
    const statuses = this.#errorCodes[code]?.statuses ?? (code.endsWith('_exceeded') ? [402, 403, 429] : [])
    if (!statuses.includes(status)) throw new Error(`${name}: the description has no code ${code} with this status`)
  }
}

function escapePointer(text: string): string {
  return encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))
}

let known: Promise<OpenApiCheck> | null = null

/** The same for every sandbox of a test process: they are all of this program. Catalogs and accounts are no part of the description. */
export function openApiCheckOf(sandboxUrl: string): Promise<OpenApiCheck> {
  known ??= fetch(`${sandboxUrl}/openapi.json`).then(async (response) => new OpenApiCheck(await response.json()))
  return known
}
