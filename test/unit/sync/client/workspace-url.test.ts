import { describe, expect, it } from 'vitest'
import { isLoopbackHost, normaliseWorkspaceUrl } from '../../../../main/engine/sync/client/workspace-url.ts'

describe('the address of a platform', () => {
  it.each([
    ['https://billing.example.com', 'https://billing.example.com'],
    ['https://Billing.Example.com/', 'https://billing.example.com'],
    ['https://example.com/tidemark//', 'https://example.com/tidemark'],
    ['http://127.0.0.1:8787/', 'http://127.0.0.1:8787'],
    ['http://localhost:1', 'http://localhost:1'],
    ['http://[::1]:1', 'http://[::1]:1'],
  ])('%s becomes %s', (given, kept) => {
    expect(normaliseWorkspaceUrl(given)).toBe(kept)
  })

  it.each([
    ['http://billing.example.com', /not encrypted/],
    ['http://127.0.0.1.example.com', /not encrypted/],
    ['http://0.0.0.0:8787', /not encrypted/],
    ['ftp://example.com', /https/],
    ['https://user@example.com', /name or password/],
    ['https://:secret@example.com', /name or password/],
    ['https://example.com/#token', /fragment/],
    ['https://example.com/?token=1', /query/],
    ['not a url', /web address/],
  ])('%s is refused', (given, words) => {
    expect(() => normaliseWorkspaceUrl(given)).toThrow(words)
  })

  it('knows loopback by the whole name', () => {
    expect(isLoopbackHost('127.8.9.10')).toBe(true)
    expect(isLoopbackHost('127.0.0.1.nip.io')).toBe(false)
    expect(isLoopbackHost('localhost.example.com')).toBe(false)
  })
})
