import { expect, test } from 'vitest'
import { isOwnDownload, isOwnPage } from '../../../main/desktop/window/own-page.ts'

test.each([['app://console/'], ['app://console/index.html#/outbox'], ['app://console/assets/x.js?v=1']])('%s is our page', (url) => {
  expect(isOwnPage(url)).toBe(true)
})

test.each([
  [''],
  ['app://console.evil.example/'],
  ['app://evil/console/'],
  ['app://lead@console/'],
  ['app://console:81/'],
  ['https://console/'],
  ['file:///console/'],
  ['about:blank'],
  ['blob:app://console/1'],
  ['javascript:app://console/'],
  ['data:text/html,app://console/'],
])('%s is not', (url) => {
  expect(isOwnPage(url)).toBe(false)
})

test('only a file that our page made is saved', () => {
  expect(isOwnDownload('blob:app://console/0b2f')).toBe(true)
  for (const url of ['https://polar.sh/x.exe', 'app://console/index.html', 'blob:https://evil.example/1', 'data:text/plain,x', 'blob:null/1']) {
    expect(isOwnDownload(url), url).toBe(false)
  }
})
