import { beforeEach, expect, test } from 'vitest'
import { customSchemes, originOf, policyToPage, toApplication, toPage } from '../../desktop-double/urls.ts'

beforeEach(() => {
  customSchemes.clear()
  customSchemes.set('app', { standard: true, secure: true })
})

test.each(['app://console/', 'app://console/assets/a.js?b=1#/page', 'app://other:8080/'])('%s comes back as it was', (url) => {
  expect(toPage(url)).toMatch(/^https:\/\//)
  expect(toApplication(toPage(url))).toBe(url)
})

test.each(['https://polar.sh/', 'http://127.0.0.1:8787/checkout', 'about:blank', 'foreign://host/', 'no address'])('%s is left alone', (url) => {
  expect(toPage(url)).toBe(url)
  expect(toApplication(url)).toBe(url)
})

test('only the whole mapped host is taken for the application’s own', () => {
  const { host } = new URL(toPage('app://console/'))
  expect(toApplication(`https://${host}.evil.example/`)).toBe(`https://${host}.evil.example/`)
  expect(toApplication(`https://evil.example/${host}/`)).toBe(`https://evil.example/${host}/`)
})

test('a policy that names the scheme means the mapped origin; its own words stay', () => {
  expect(policyToPage("default-src 'none'; script-src 'self' app://console; img-src app: data:")).toBe(
    "default-src 'none'; script-src 'self' https://console.app.electron-double.invalid; img-src https://*.app.electron-double.invalid data:",
  )
})

test('the origin of a custom scheme carries its host, as Electron writes it', () => {
  expect(originOf('app://console/page')).toBe('app://console')
  expect(originOf('https://polar.sh/x')).toBe('https://polar.sh')
})
