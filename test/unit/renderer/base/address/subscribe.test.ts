import { afterEach, expect, it, vi } from 'vitest'
import { subscribe } from '../../../../../renderer/base/address/hash-location.ts'

afterEach(() => vi.unstubAllGlobals())

it('tells all who show the address in one go, and leaves the window alone when nobody shows it', () => {
  const page = new EventTarget()
  const listening = vi.spyOn(page, 'addEventListener')
  vi.stubGlobal('window', page)
  const told: string[] = []
  const leaveFirst = subscribe(() => told.push('a detail'))
  const leaveSecond = subscribe(() => told.push('its page'))
  // A second listener would be called by itself, with what it leads to between the two.
  expect(listening.mock.calls.map(([event]) => event)).toEqual(['hashchange', 'popstate'])

  page.dispatchEvent(new Event('popstate'))
  expect(told).toEqual(['a detail', 'its page'])
  leaveFirst()
  page.dispatchEvent(new Event('hashchange'))
  expect(told).toEqual(['a detail', 'its page', 'its page'])
  leaveSecond()
  page.dispatchEvent(new Event('hashchange'))
  expect(told).toHaveLength(3)
})
