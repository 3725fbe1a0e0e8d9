import { expect, test } from 'vitest'
import { refusalOf } from '../../../main/web/request-check.ts'

const host = '127.0.0.1:4780'
const origin = `http://${host}`

test.each([
  ['a page of ours', { host, origin }, 'required'],
  ['a file asked for by its address', { host }, 'ours-if-any'],
  ['a file asked for by our page', { host, origin }, 'ours-if-any'],
  ['a program of this user', { host }, 'none'],
] as const)('let in: %s', (_who, headers, need) => {
  expect(refusalOf(headers, 4780, need)).toBeNull()
})

test.each([
  ['another name for this computer', { host: 'localhost:4780', origin: 'http://localhost:4780' }, 'required'],
  ['a name that somebody points here', { host: 'evil.example:4780', origin }, 'required'],
  ['another port', { host: '127.0.0.1:4781', origin }, 'required'],
  ['no port', { host: '127.0.0.1', origin }, 'required'],
  ['no host', { origin }, 'required'],
  ['a page of another port', { host, origin: 'http://127.0.0.1:8787' }, 'required'],
  ['a page of another site', { host, origin: 'https://evil.example' }, 'ours-if-any'],
  ['a page without an origin', { host, origin: 'null' }, 'required'],
  ['our name over https', { host, origin: `https://${host}` }, 'required'],
  ['a name that begins like ours', { host, origin: `${origin}.evil.example` }, 'required'],
  ['a socket without an origin', { host }, 'required'],
  ['a page that asks for a launch link', { host, origin }, 'none'],
] as const)('refused: %s', (_who, headers, need) => {
  expect(refusalOf(headers, 4780, need)).toBeTypeOf('string')
})
