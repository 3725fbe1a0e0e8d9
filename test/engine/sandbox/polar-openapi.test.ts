import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as contract from '../../../shared/contract/platform.ts'
import { besideFile, nothingBeside } from '../../beside.ts'
import { SandboxFixture, SteppedClock, submitForm } from './fixture.ts'

/** The paths that the product calls, from Polar's own published OpenAPI document. It lies beside the repository and is no part of it. */
const PUBLISHED = 'vectors/polar-2026-10.json'

const CARD = { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' }
const DAY_MS = 86_400_000
const API = '/polar'

type Call = { method: string; path: string; query: URLSearchParams; request: unknown; status: number; answer: unknown }

const parameter = z.looseObject({ name: z.string(), in: z.enum(['query', 'path', 'header']), required: z.boolean().optional(), style: z.string().optional() })
const content = z.looseObject({ content: z.looseObject({ 'application/json': z.looseObject({ schema: z.unknown() }) }).optional() })
const operation = z.looseObject({ parameters: z.array(parameter).optional(), requestBody: content.optional(), responses: z.record(z.string(), content) })
const document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)) })

/** What the platform's SDK asks of the embedded Polar, and what that answers. */
let calls: Call[] = []
const realFetch = globalThis.fetch

beforeEach(() => {
  calls = []
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    if (!url.pathname.startsWith(`${API}/v1/`)) return await realFetch(input, init)
    const text = await request.clone().text()
    const response = await realFetch(request)
    const answered = await response.clone().text()
    calls.push({
      method: request.method.toLowerCase(),
      path: url.pathname.slice(API.length),
      query: url.searchParams,
      request: text === '' ? undefined : JSON.parse(text),
      status: response.status,
      answer: answered === '' ? undefined : JSON.parse(answered),
    })
    return response
  }
})
afterEach(() => {
  globalThis.fetch = realFetch
})

/** Holds calls against the document, by a validator that knows nothing of the SDK. */
class PublishedPolar {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })
  readonly #paths: z.output<typeof document>['paths']

  constructor(published: unknown) {
    addFormats.default(this.#ajv)
    this.#ajv.addFormat('uuid4', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
    this.#ajv.addFormat('ipvanyaddress', true)
    // Polar's own guide writes {CHECKOUT_ID} into `success_url`, which the strict format would refuse.
    this.#ajv.addFormat('uri', (text: string) => URL.canParse(text.replaceAll('{CHECKOUT_ID}', 'id')))
    this.#ajv.addSchema({ ...document.parse(published), $id: 'https://polar/openapi.json' })
    this.#paths = document.parse(published).paths
  }

  /** What of a call is not as published; none: it is. */
  faultsOf({ method, path, query, request, status, answer }: Call): string[] {
    const found = Object.entries(this.#paths).find(([template]) => new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path))
    const [template, methods] = found ?? []
    const described = methods?.[method]
    if (template === undefined || described === undefined) return [`${method} ${path} is not published`]
    const name = `${method} ${template}`
    const known = (described.parameters ?? []).filter((one) => one.in === 'query')
    const unknown = [...query.keys()].filter((key) => !known.some((one) => one.name === key.replace(/\[.*$/, '')))
    const missing = known.filter((one) => one.required === true && !query.has(one.name))
    const at = `https://polar/openapi.json#/paths/${escapePointer(template)}/${method}`
    return [
      ...unknown.map((key) => `${name}: there is no parameter ${key}`),
      ...missing.map((one) => `${name}: the parameter ${one.name} is missing`),
      ...(request === undefined ? [] : this.#faults(`${name} request`, `${at}/requestBody/content/application~1json/schema`, request)),
      ...(described.responses[String(status)] === undefined
        ? [`${name}: ${status} is not published`]
        : answer === undefined || described.responses[String(status)]?.content === undefined
          ? []
          : this.#faults(`${name} ${status}`, `${at}/responses/${status}/content/application~1json/schema`, answer)),
    ]
  }

  #faults(name: string, pointer: string, value: unknown): string[] {
    const validate = this.#ajv.getSchema(pointer) ?? this.#ajv.compile({ $ref: pointer })
    return validate(value) === true ? [] : [`${name}: ${this.#ajv.errorsText(validate.errors?.slice(-3))} in ${JSON.stringify(value).slice(0, 300)}`]
  }
}

function escapePointer(text: string): string {
  return encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))
}

describe('the embedded Polar keeps to Polar’s published OpenAPI', () => {
  test('every call of a first purchase, changes, seats, boosters, top-ups, the portal, a cancellation and a renewal', { timeout: 60_000 }, async (context) => {
    const text = besideFile(PUBLISHED)
    if (text === null) return context.skip(nothingBeside(PUBLISHED))
    const published = new PublishedPolar(JSON.parse(text))
    const clock = new SteppedClock()
    const fixture = await SandboxFixture.start({ clock })
    try {
      const buy = async (catalog: string, body: object, card = CARD): Promise<void> => {
        const { value } = await fixture.send(contract.checkoutResponse, 'POST', '/api/billing/checkout', { catalog, body })
        await submitForm(value.url, value.url.includes('/polar/') ? card : {})
        await fixture.send(contract.checkoutDocument, 'GET', `/api/billing/checkout/${value.id}`, { catalog })
      }
      const portal = async (catalog: string): Promise<string> =>
        (await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog })).value.url

      // A customer that Polar does not know yet: refused, made, and asked again.
      await portal('layer-a')
      await buy('layer-a', { plan: 'pro' }, { ...CARD, number: '4000 0000 0000 0002' })
      await buy('layer-a', { plan: 'pro' })
      await buy('truss', { booster: 'extra_storage' })
      await buy('truss', { plan: 'team' })
      await buy('truss', { seats: 2 })
      await buy('triform', { top_up_au: 25 })
      const url = await portal('truss')
      const page = await (await realFetch(url)).text()
      const change = [...page.matchAll(/href="(\/polar\/portal\/change[^"]*)">Change to/g)][0]?.[1]?.replaceAll('&amp;', '&') ?? ''
      await submitForm(new URL(change, url).href, {}, { action: '/change' })
      await expect.poll(async () => (await fixture.plan({ catalog: 'truss' })).plan.pending_change?.plan ?? null).not.toBeNull()
      await submitForm(await portal('truss'), {}, { action: '/keep' })
      await submitForm(await portal('layer-a'), {}, { action: '/cancel' })
      await expect.poll(async () => (await fixture.plan()).plan.cancel_at ?? null).not.toBeNull()
      clock.step(32 * DAY_MS)
      await fixture.sandbox.tick()

      expect(calls.length).toBeGreaterThan(60)
      const asked = new Set(calls.map(({ method, path }) => `${method} ${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}')}`))
      expect([...asked]).toEqual(
        expect.arrayContaining([
          'get /v1/products/',
          'post /v1/checkouts/',
          'get /v1/checkouts/{id}',
          'get /v1/payments/',
          'post /v1/customers/',
          'post /v1/customer-sessions/',
          'get /v1/customers/external/{id}/state',
          'get /v1/customers/external/{id}/payment-methods',
          'get /v1/orders/',
          'get /v1/subscriptions/{id}',
          'patch /v1/subscriptions/{id}',
        ]),
      )
      expect([...new Set(calls.flatMap((call) => published.faultsOf(call)))]).toEqual([])
    } finally {
      await fixture.stop()
    }
  })

  test('an answer that lacks a field, and a request with one too many, are found', (context) => {
    const text = besideFile(PUBLISHED)
    if (text === null) return context.skip(nothingBeside(PUBLISHED))
    const published = new PublishedPolar(JSON.parse(text))
    const call: Call = { method: 'get', path: '/v1/products/', query: new URLSearchParams(), request: undefined, status: 200, answer: { items: [] } }
    expect(published.faultsOf(call)).toHaveLength(1)
    expect(
      published.faultsOf({ ...call, query: new URLSearchParams({ moon: '1' }), answer: { items: [], pagination: { total_count: 0, max_page: 0 } } }),
    ).toEqual(['get /v1/products/: there is no parameter moon'])
    const update = {
      ...call,
      method: 'patch',
      path: '/v1/subscriptions/0190c2a0-0000-7000-8000-000000000001',
      status: 404,
      answer: { error: 'ResourceNotFound', detail: '' },
    }
    expect(published.faultsOf({ ...update, request: { pending_update: null } })).toEqual([])
    expect(published.faultsOf({ ...update, request: { pending_update: null, cancel_at_period_end: true } })).toHaveLength(1)
  })
})
