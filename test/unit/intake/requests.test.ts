import { describe, expect, it } from 'vitest'
import { ConsoleFailure } from '../../../main/engine/base/failure.ts'
import { decodePercent, findRoute, MethodNotAllowed, replacedVersions } from '../../../main/engine/intake/requests.ts'

function codeOf(method: string, url: string): string {
  try {
    return findRoute(method, url).kind
  } catch (error) {
    if (error instanceof ConsoleFailure) return error.code
    throw error
  }
}

describe('findRoute', () => {
  it('knows its paths', () => {
    expect(findRoute('POST', '/v1/memories')).toEqual({ kind: 'write' })
    expect(findRoute('POST', '/v1/memories/batch')).toEqual({ kind: 'write_batch' })
    expect(findRoute('GET', '/v1/memories/a%2Fb%20%C3%A9')).toEqual({ kind: 'read', memoryId: 'a/b é', version: null })
    expect(findRoute('DELETE', '/v1/memories/batch')).toEqual({ kind: 'remove', memoryId: 'batch' })
    expect(findRoute('GET', '/healthz')).toEqual({ kind: 'health' })
  })

  it('reads one version by its id', () => {
    const id = '0198c0de-0000-7000-8000-0000000000aa'
    expect(findRoute('GET', `/v1/memories/a?version=${id.toUpperCase()}`)).toEqual({ kind: 'read', memoryId: 'a', version: id })
    for (const query of ['version=', 'version=7', `version=${id}%20`, `version="${id}"`])
      expect(codeOf('GET', `/v1/memories/a?${query}`)).toBe('invalid_request')
    for (const query of ['', `version=${id}&x=1`, `version=${id}?`]) expect(codeOf('GET', `/v1/memories/a?${query}`)).toBe('not_found')
    expect(codeOf('DELETE', `/v1/memories/a?version=${id}`)).toBe('not_found')
    expect(replacedVersions(undefined)).toEqual([])
    expect(replacedVersions(`${id.toUpperCase()} ,${id}`)).toEqual([id])
    for (const header of ['', 'a', `${id};${id}`, Array.from({ length: 65 }, () => id).join()]) expect(() => replacedVersions(header)).toThrow(ConsoleFailure)
  })

  it.each([
    ['GET', '/'],
    ['GET', ''],
    ['GET', '/v1/memories/'],
    ['GET', '/v1/memories/a/b'],
    ['GET', '/v1/memories/../healthz'],
    ['GET', '/v1/memories/a?x=1'],
    ['POST', '/v1/memories?x=1'],
    ['POST', '/v1/memories/../memories'],
    ['POST', '//v1/memories'],
    ['POST', '/V1/memories'],
    ['GET', 'http://127.0.0.1/healthz'],
    ['OPTIONS', '*'],
  ])('does not know %s %s', (method, url) => {
    expect(codeOf(method, url)).toBe('not_found')
  })

  it.each([
    '/v1/memories/..',
    '/v1/memories/%2e%2e',
    '/v1/memories/.',
    '/v1/memories/%00',
    '/v1/memories/%ff',
    '/v1/memories/%',
    '/v1/memories/\u00e9',
    `/v1/memories/${'a'.repeat(513)}`,
  ])('refuses the id in %s', (url) => {
    expect(codeOf('GET', url)).toBe('invalid_memory_id')
  })

  it.each([
    ['GET', '/v1/memories', 'POST'],
    ['PUT', '/v1/memories/a', 'GET, DELETE'],
    ['PATCH', '/v1/memories/batch', 'POST, GET, DELETE'],
    ['POST', '/healthz', 'GET'],
    ['HEAD', '/healthz', 'GET'],
  ])('refuses %s %s and names %s', (method, url, allow) => {
    let caught: unknown
    try {
      findRoute(method, url)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(MethodNotAllowed)
    expect(caught).toMatchObject({ code: 'method_not_allowed', allow })
  })
})

describe('decodePercent', () => {
  it('decodes UTF-8 and leaves plain ASCII as it is', () => {
    expect(decodePercent('a+b')).toBe('a+b')
    expect(decodePercent('%E2%98%80')).toBe('☀')
  })
})
