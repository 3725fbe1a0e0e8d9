import { expect, test } from 'vitest'
import { z } from 'zod'
import { readAnswer } from '../../../../main/engine/sync/client/read-answer.ts'

const refusal = { code: 'encrypted_bytes_exceeded', message: 'The plan is full.', meter: 'encrypted_bytes', limit: 100, used: 100 }

function errorOf(body: unknown) {
  const answer = readAnswer({ status: 402, retryAfter: null, date: null, body: Buffer.from(JSON.stringify(body)) }, z.looseObject({}), 0)
  return answer.kind === 'error' ? answer.error : answer
}

test.each([
  ['a limit of null', { limit: null }, { limit: undefined, used: 100 }],
  ['a part of a unit', { used: 12.5 }, { limit: 100, used: undefined }],
  ['several odd fields', { limit: 'none', used: -1, retry_after_s: 2.5 }, { limit: undefined, used: undefined, retry_after_s: undefined }],
])('%s beside the code costs itself, not the refusal with its meter', (_, odd, read) => {
  expect(errorOf({ ...refusal, ...odd })).toEqual({ ...refusal, ...read })
})

test.each([[{ ...refusal, message: 7 }], [{ ...refusal, code: null }], [['encrypted_bytes_exceeded']], [null]])(
  'without a code and words it is no refusal of the contract: %j',
  (body) => {
    expect(errorOf(body)).toBeNull()
  },
)
