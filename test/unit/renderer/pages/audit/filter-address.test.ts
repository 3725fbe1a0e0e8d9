import { expect, test } from 'vitest'
import { everyEntry, filterOf, isFiltered, searchFromView, viewFromSearch } from '../../../../../renderer/pages/audit/filter-address.ts'

test('a view survives its address', () => {
  const view = { action: 'branch.create', from: '2026-01-31', to: '2026-02-01', search: ' a&b "c" ' }
  expect(viewFromSearch(searchFromView(view))).toEqual(view)
  expect(searchFromView(everyEntry)).toBe('')
  expect(viewFromSearch('')).toEqual(everyEntry)
  expect(isFiltered(view)).toBe(true)
  expect(isFiltered(everyEntry)).toBe(false)
})

test('what was typed by hand and cannot be is left out', () => {
  expect(viewFromSearch('from=2026-02-31&to=yesterday&other=1')).toEqual(everyEntry)
  expect(viewFromSearch('from=1969-12-30')).toEqual(everyEntry)
  const long = viewFromSearch(`search=${'x'.repeat(300)}&action=${'y'.repeat(99)}`)
  expect([long.search.length, long.action.length]).toEqual([200, 64])
})

test('days are whole, from their first millisecond to the first of the next, by the calendar of this computer', () => {
  const filter = filterOf({ action: '', from: '2026-03-29', to: '2026-03-29', search: '  ' })
  expect(filter).toEqual({ action: null, from: new Date(2026, 2, 29).getTime(), to: new Date(2026, 2, 30).getTime(), search: '' })
  expect(filterOf({ ...everyEntry, action: 'x', search: ' two words ' })).toEqual({ action: 'x', from: null, to: null, search: 'two words' })
})
