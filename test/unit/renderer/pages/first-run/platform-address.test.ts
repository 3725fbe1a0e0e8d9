import { expect, it } from 'vitest'
import { isPlatformAddress } from '../../../../../renderer/pages/first-run/platform-address.ts'

it.each([
  ['https://billing.example.com', true],
  ['http://127.0.0.1:8787', true],
  ['http://localhost:8787', true],
  ['http://billing.example.com', false],
  ['ftp://billing.example.com', false],
  ['javascript:alert(1)', false],
  ['billing.example.com', false],
  ['', false],
])('%s may be added: %s', (text, expected) => {
  expect(isPlatformAddress(text)).toBe(expected)
})
