import { describe, expect, test, vi } from 'vitest'
import { deepLinkIn, linkablePages, parseDeepLink } from '../../../main/desktop/surroundings/deep-link.ts'
import { createPageKeeper } from '../../../main/desktop/window/page-keeper.ts'
import { wantedPage } from '../../../shared/contract/console/desktop.ts'

describe('a tidemark:// link', () => {
  test('opens a page', () => {
    expect(parseDeepLink('tidemark://open/outbox')).toEqual({ kind: 'open', page: { path: '/outbox', workspaceId: null } })
    expect(parseDeepLink('tidemark://open/overview')).toMatchObject({ page: { path: '/' } })
    expect(parseDeepLink('tidemark://open/outbox/')).toMatchObject({ page: { path: '/outbox' } })
  })
  test('brings the person back from a payment page', () => {
    const link = 'tidemark://checkout/0198c0de-0000-7000-8000-000000000001'
    expect(parseDeepLink(link)).toEqual({ kind: 'checkout-finished', page: { path: '/', workspaceId: null } })
  })
  test.each([
    [''],
    ['https://open/outbox'],
    ['tidemark:open/outbox'],
    ['tidemark://open'],
    ['tidemark://open/'],
    ['tidemark://open/nothing'],
    ['tidemark://open/constructor'],
    ['tidemark://open/outbox/x'],
    ['tidemark://open/..%2foutbox'],
    ['tidemark://open/outbox?delete=1'],
    ['tidemark://open/outbox#x'],
    ['tidemark://lead@open/outbox'],
    ['tidemark://open:80/outbox'],
    ['tidemark://OPEN/outbox'],
    ['tidemark://checkout'],
    ['tidemark://checkout/a/b'],
    ['tidemark://checkout/a b'],
    ['tidemark://checkout/a?plan=team'],
    [`tidemark://checkout/${'a'.repeat(65)}`],
    [`tidemark://open/outbox${'/'.repeat(300)}`],
    ['javascript:alert(1)'],
  ])('is refused when it is not, letter by letter, one of these: %s', (text) => {
    expect(parseDeepLink(text)).toBeNull()
  })
  test('is found in a command line, the last one first', () => {
    expect(deepLinkIn(['electron', '.', '--data', '/tmp/x'])).toBeNull()
    expect(deepLinkIn(['electron', 'tidemark://open/outbox', '--x', 'tidemark://open/honesty'])).toMatchObject({ page: { path: '/honesty' } })
    expect(deepLinkIn(['electron', 'tidemark://open/outbox', 'tidemark://evil'])).toBeNull()
  })
  test('names pages in words that the window takes, and nothing that only some roles see or that adds something', () => {
    expect([...linkablePages.keys()]).toEqual(expect.arrayContaining(['overview', 'plans', 'upgrade', 'settings']))
    expect(parseDeepLink('tidemark://open/tenants')).toBeNull()
    expect(parseDeepLink('tidemark://open/addWorkspace')).toBeNull()
    for (const path of linkablePages.values()) expect(wantedPage.safeParse({ path, workspaceId: null }).success).toBe(true)
  })
})

describe('a wanted page', () => {
  const outbox = { path: '/outbox', workspaceId: null }
  const honesty = { path: '/honesty', workspaceId: null }

  test('is kept until the window asks, the last one only', () => {
    const tell = vi.fn()
    const pages = createPageKeeper(tell)
    pages.ask(outbox)
    pages.ask(honesty)
    expect(tell).not.toHaveBeenCalled()
    expect(pages.take()).toEqual(honesty)
    expect(pages.take()).toBeNull()
  })
  test('is told at once to a window that listens', () => {
    const tell = vi.fn()
    const pages = createPageKeeper(tell)
    pages.take()
    pages.ask(outbox)
    expect(tell).toHaveBeenCalledExactlyOnceWith(outbox)
    expect(pages.take()).toBeNull()
  })
  test('is kept again while the window is loaded anew', () => {
    const tell = vi.fn()
    const pages = createPageKeeper(tell)
    pages.take()
    pages.windowGone()
    pages.ask(outbox)
    expect(tell).not.toHaveBeenCalled()
    expect(pages.take()).toEqual(outbox)
  })
})
