import { expect, test } from 'vitest'
import { openableAddress } from '../../../shared/contract/external-url.ts'

const trusted = ['http://127.0.0.1:8787']

test.each(['https://polar.sh/checkout/abc', 'https://sandbox.polar.sh/x?y=1#z', 'http://127.0.0.1:8787/polar/checkout/1'])('opens %s', (url) => {
  expect(openableAddress(url, trusted)).toBe(url)
})

test.each([
  'http://polar.sh/checkout',
  'https://polar.sh.evil.example/',
  'https://evilpolar.sh/',
  'https://polar.sh@evil.example/',
  'https://polar.sh:8443/',
  'https://evil.example/?polar.sh',
  'http://127.0.0.1:8788/',
  'http://localhost:8787/',
  'http://127.0.0.1:8787@evil.example/',
  'http://user@127.0.0.1:8787/',
  'https://127.0.0.1:8787/',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'app://console/',
  'data:text/html,x',
  '/polar/checkout',
  '',
])('does not open %s', (url) => {
  expect(openableAddress(url, trusted)).toBeNull()
})

test('trusts no port of this computer by itself', () => {
  expect(openableAddress('http://127.0.0.1:8787/', [])).toBeNull()
})

test.each([
  ['https:polar.sh/a', 'https://polar.sh/a'],
  ['https:\\\\polar.sh\\a', 'https://polar.sh/a'],
  [' https://POLAR.sh/a\n', 'https://polar.sh/a'],
  ['https://polar.sh/a/../b c', 'https://polar.sh/b%20c'],
])('hands on what it read, not what was written: %j', (text, read) => {
  expect(openableAddress(text, trusted)).toBe(read)
})
