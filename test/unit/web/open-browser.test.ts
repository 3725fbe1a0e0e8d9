import { expect, test } from 'vitest'
import { browserCommand } from '../../../main/web/open-browser.ts'

const url = 'http://127.0.0.1:4780/#launch=abc'

test.each([
  ['linux', { DISPLAY: ':0' }, ['xdg-open', url]],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open', url]],
  ['darwin', {}, ['open', url]],
  ['win32', {}, ['rundll32', 'url.dll,FileProtocolHandler', url]],
  ['linux', {}, null],
  ['linux', { DISPLAY: ':0', SSH_CONNECTION: '1' }, null],
  ['darwin', { CI: 'true' }, null],
] as const)('%s with %j', (platform, env, expected) => {
  expect(browserCommand(url, { platform, env })).toEqual(expected)
})
