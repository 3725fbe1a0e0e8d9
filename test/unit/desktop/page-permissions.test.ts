import { expect, test } from 'vitest'
import { mayHave } from '../../../main/desktop/window/page-permissions.ts'

const own = { isMainFrame: true, url: 'app://console/index.html#/devices' }

test('the console’s own page may put something on the clipboard', () => {
  expect(mayHave('clipboard-sanitized-write', own)).toBe(true)
})

test.each(['clipboard-read', 'deprecated-sync-clipboard-read', 'media', 'notifications', 'geolocation', 'openExternal', 'fileSystem', 'unknown', ''])(
  'and nothing else: %s',
  (permission) => {
    expect(mayHave(permission, own)).toBe(false)
  },
)

test.each([
  ['a frame inside it', { ...own, isMainFrame: false }],
  ['another page', { ...own, url: 'https://example.com/' }],
  ['a page that begins like it', { ...own, url: 'app://console.example.com/' }],
  ['another host of the scheme', { ...own, url: 'app://other/' }],
  ['no address', { ...own, url: '' }],
])('nor may %s', (_, who) => {
  expect(mayHave('clipboard-sanitized-write', who)).toBe(false)
})
