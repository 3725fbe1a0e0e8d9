import { describe, expect, it } from 'vitest'
import { filterFromSearch, isFiltered, searchFromFilter, withStateToggled } from '../../../../../renderer/pages/outbox/filter-address.ts'
import { queueFilter } from '../../../../../shared/contract/console.ts'

describe('the outbox filter in the address', () => {
  it.each(['', 'states=held', 'states=waiting,held&kinds=setting', 'states=rejected&meter=encrypted_bytes&agent=a1'])(
    'survives the way there and back: %s',
    (search) => {
      expect(searchFromFilter(filterFromSearch(search))).toBe(search)
    },
  )
  it('takes only what the contract knows from an address that was typed by hand', () => {
    const filter = filterFromSearch('states=held,burnt,held&kinds=everything&import=open')
    expect(filter).toEqual({ states: ['held'] })
    expect(queueFilter.safeParse(filter).success).toBe(true)
  })
  it('escapes what could break out of its place', () => {
    const search = searchFromFilter({ heldBy: 'a&agent=b' })
    expect(filterFromSearch(search)).toEqual({ heldBy: 'a&agent=b' })
  })
  it('toggles a state, and the last one off means every state', () => {
    const one = withStateToggled({ heldBy: 'm' }, 'held')
    expect(one).toEqual({ heldBy: 'm', states: ['held'] })
    expect(withStateToggled(one, 'held')).toEqual({ heldBy: 'm' })
  })
  it('knows an empty filter', () => {
    expect(isFiltered({})).toBe(false)
    expect(isFiltered({ states: [] })).toBe(false)
    expect(isFiltered({ kinds: ['setting'] })).toBe(true)
  })
})
