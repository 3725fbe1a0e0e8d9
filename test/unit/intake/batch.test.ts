import { describe, expect, it } from 'vitest'
import { ConsoleFailure } from '../../../main/engine/base/failure.ts'
import { type BatchItem, parseBatch } from '../../../main/engine/intake/batch.ts'

const CANARY = 'canary-41c9'

function parse(body: unknown): (BatchItem | ConsoleFailure)[] {
  let made = 0
  return parseBatch(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), () => `made-${++made}`)
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof ConsoleFailure) {
      expect(`${error.message}${error.suggestion}`).not.toContain(CANARY)
      return error.code
    }
    throw error
  }
  return 'nothing thrown'
}

describe('parseBatch', () => {
  it('reads text and base64, with and without id and content type', () => {
    expect(
      parse({
        memories: [
          { id: 'a', content_type: 'text/plain', text: 'é' },
          { content_base64: Buffer.from([0, 255, 1]).toString('base64') },
          { id: 'empty', text: '' },
          { id: 'empty too', content_base64: '' },
        ],
      }),
    ).toEqual([
      { memoryId: 'a', contentType: 'text/plain', bytes: Buffer.from('é') },
      { memoryId: 'made-1', contentType: 'application/octet-stream', bytes: Buffer.from([0, 255, 1]) },
      { memoryId: 'empty', contentType: 'application/octet-stream', bytes: Buffer.alloc(0) },
      { memoryId: 'empty too', contentType: 'application/octet-stream', bytes: Buffer.alloc(0) },
    ])
  })

  it('reads which versions an item replaces, and refuses what names none', () => {
    const id = '0198C0DE-0000-7000-8000-0000000000aa'
    const results = parse({
      memories: [
        { id: 'a', text: 'x', replaces: [id, id] },
        { id: 'b', text: 'x', replaces: [] },
        { id: 'c', text: 'x', replaces: id },
        { id: 'd', text: 'x', replaces: [CANARY] },
        { id: 'e', text: 'x', replaces: [7] },
        { id: 'f', text: 'x', replaces: Array.from({ length: 65 }, (_, index) => `0198c0de-0000-7000-8000-0000000000${index + 10}`) },
      ],
    })
    expect(results.slice(0, 2)).toMatchObject([{ replaces: [id.toLowerCase()] }, { replaces: [] }])
    for (const refused of results.slice(2)) {
      expect(refused).toMatchObject({ code: 'invalid_request' })
      expect(String(refused)).not.toContain(CANARY)
    }
  })

  it('refuses single items without touching their neighbours', () => {
    const good = { id: 'good', text: 'x' }
    const results = parse({
      memories: [
        good,
        null,
        [],
        { id: 5, text: CANARY },
        { id: '', text: CANARY },
        { id: `${CANARY}\n`, text: 'x' },
        { id: 'b', content_type: CANARY, text: 'x' },
        { id: 'b', content_type: 7, text: 'x' },
        { id: 'b' },
        { id: 'b', text: 'x', content_base64: 'eA==' },
        { id: 'b', text: 7 },
        { id: 'b', content_base64: 'eA=' },
        { id: 'b', content_base64: 'e*==' },
        { id: 'b', content_base64: 'e==A' },
        { id: 'b', content_base64: 7 },
        { id: 'b', text: 'x', [CANARY]: true },
        { id: 'b', text: '\ud800' },
        good,
      ],
    })
    expect(results.map((result) => (result instanceof ConsoleFailure ? result.code : 'ok'))).toEqual([
      'ok',
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'invalid_memory_id',
      'invalid_memory_id',
      'invalid_content_type',
      ...Array.from({ length: 10 }, () => 'invalid_request'),
      'ok',
    ])
    expect(JSON.stringify(results.map((result) => (result instanceof ConsoleFailure ? [result.message, result.suggestion] : 'ok')))).not.toContain(CANARY)
  })

  it.each([
    ['not JSON', `{"memories": [${CANARY}`],
    ['an array', '[]'],
    ['null', 'null'],
    ['no memories', '{}'],
    ['an empty list', '{"memories":[]}'],
    ['a memories object', '{"memories":{}}'],
    ['another field', `{"memories":[{"text":"x"}],"${CANARY}":1}`],
  ])('refuses a body that is %s', (_name, body) => {
    expect(codeOf(() => parse(body))).toBe('invalid_request')
  })

  it('refuses broken UTF-8 instead of storing replacement characters', () => {
    const body = Buffer.concat([Buffer.from('{"memories":[{"text":"'), Buffer.from([0xff]), Buffer.from('"}]}')])
    expect(codeOf(() => parseBatch(body, () => 'id'))).toBe('invalid_request')
  })

  it('takes 500 memories and refuses 501', () => {
    expect(parse({ memories: Array.from({ length: 500 }, () => ({ text: 'x' })) })).toHaveLength(500)
    expect(codeOf(() => parse({ memories: Array.from({ length: 501 }, () => ({ text: 'x' })) }))).toBe('batch_too_large')
  })
})
