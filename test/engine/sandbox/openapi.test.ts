import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApiErrors } from '../../../build/openapi.ts'
import { platformErrors } from '../../../shared/contract/errors.ts'
import { SandboxFixture } from './fixture.ts'
import { OpenApiCheck } from './openapi-check.ts'

let fixture: SandboxFixture
let document: Record<string, unknown>

beforeAll(async () => {
  fixture = await SandboxFixture.start()
  document = await (await fetch(`${fixture.sandbox.url}/openapi.json`)).json()
})
afterAll(async () => {
  await fixture.stop()
})

test('the description is valid OpenAPI 3.1 in the eyes of an independent validator', async () => {
  const validator = new Validator()
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
  // And that validator does refuse.
  expect((await new Validator().validate({ ...structuredClone(document), paths: { 'no-slash': 1 } })).valid).toBe(false)
})

test('a linter of OpenAPI finds no error, and does find one', async () => {
  const errorsIn = async (source: unknown): Promise<string[]> => await openApiErrors(JSON.stringify(source))
  expect(await errorsIn(document)).toEqual([])
  const [path, methods] = Object.entries(document.paths as Record<string, Record<string, object>>)[0] ?? ['', {}]
  const broken = { ...document, paths: { ...(document.paths as object), [path]: { ...methods, get: { ...methods.get, security: undefined } } } }
  expect((await errorsIn(broken)).join(' ')).toContain('security-defined')
})

test('every operation has a name of its own and says whom it lets in', () => {
  const operations = Object.values(document.paths as Record<string, Record<string, { operationId: string; security: unknown[] }>>).flatMap((methods) =>
    Object.values(methods),
  )
  const ids = operations.map(({ operationId }) => operationId)
  expect(ids.every((id) => /^(get|put|post|delete)[A-Z]/.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
  const open = operations.filter(({ security }) => security.length === 0).map(({ operationId }) => operationId)
  expect(open.sort()).toEqual(['getHealthz', 'getSandboxMembers', 'postWebhooksPolar'])
})

test('every described route answers every refusal in the one error shape', () => {
  const paths = document.paths as Record<string, Record<string, { responses: Record<string, unknown> }>>
  const guarded = Object.entries(paths).filter(([path]) => path.startsWith('/v1/') || path.startsWith('/api/'))
  expect(guarded.length).toBeGreaterThan(20)
  for (const [path, methods] of guarded)
    for (const [method, { responses }] of Object.entries(methods)) expect(responses, `${method} ${path}`).toHaveProperty('4XX')
})

test('the description lists every error code with its statuses, class and meaning', () => {
  expect(document['x-error-codes']).toEqual(platformErrors)
})

test('the check finds a wrong type, a missing field, an answer, a route and a code that are not described', () => {
  const check = new OpenApiCheck(document)
  const answer = { method: 'GET', path: '/v1/entitlements/storage', status: 200, contentType: 'application/json; charset=UTF-8' }
  const good = { metric: 'storage', allowed: true, used: 1, limit: -1, remaining: -1, requested: 1 }
  check.check({ ...answer, body: good })
  expect(() => check.check({ ...answer, body: { ...good, used: '1' } })).toThrow(/used/)
  expect(() => check.check({ ...answer, body: { ...good, used: undefined } })).toThrow(/used/)
  expect(() => check.check({ ...answer, body: { ...good, limit: -2 } })).toThrow(/limit/)
  expect(() => check.check({ ...answer, status: 302, body: good })).toThrow(/no such answer/)
  expect(() => check.check({ ...answer, path: '/v1/entitlement', body: good })).toThrow(/no such route/)
  expect(() => check.check({ ...answer, contentType: 'text/html', body: good })).toThrow(/text\/html/)
  expect(() => check.check({ ...answer, status: 403, body: { message: 'no code' } })).toThrow(/code/)
  const forbidden = { code: 'forbidden', message: 'Not for this role.', _suggestion: 'Ask.' }
  check.check({ ...answer, status: 403, body: forbidden })
  check.check({ ...answer, status: 403, body: { ...forbidden, code: 'storage_exceeded' } })
  expect(() => check.check({ ...answer, status: 404, body: forbidden })).toThrow(/no code forbidden/)
  expect(() => check.check({ ...answer, status: 403, body: { ...forbidden, code: 'made_up' } })).toThrow(/no code made_up/)
})
