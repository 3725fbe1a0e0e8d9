import { beforeEach, describe, expect, it, vi } from 'vitest'
import { keepRecentViewsOf, recentViews, recentViewsFrom, recordView, withView } from '../../../../renderer/state/recent-views.ts'

const view = (name: string) => ({ address: `/${name}`, title: name })

describe('recent views', () => {
  it('are the newest first and each once', () => {
    const views = ['a', 'b', 'a'].reduce<ReturnType<typeof withView>>((before, name) => withView(before, view(name)), [])
    expect(views).toEqual([view('a'), view('b')])
  })
  it('are nine at most: eight and the one that is shown', () => {
    const views = Array.from({ length: 12 }, (_, number) => view(`v${number}`)).reduce<ReturnType<typeof withView>>((before, one) => withView(before, one), [])
    expect(views).toHaveLength(9)
    expect(views[0]).toEqual(view('v11'))
  })
  it('take the name that the view has now', () => {
    expect(withView([view('a')], { address: '/a', title: 'Another' })).toEqual([{ address: '/a', title: 'Another' }])
  })
  it('forget a filter that was only typed through', () => {
    expect(withView([view('p'), view('a')], view('pl'), '/p')).toEqual([view('pl'), view('a')])
  })
  it.each([null, '', 'no json', '[]', '"text"', '{"w":5}', '{"w":[{"address":5,"title":"a"},{"address":"javascript:1","title":"a"},null]}'])(
    'come to nothing from what does not fit: %s',
    (text) => {
      expect(Object.values(recentViewsFrom(text)).flat()).toEqual([])
    },
  )
})

describe('recent views on this computer', () => {
  beforeEach(() => {
    const stored = new Map<string, string>()
    vi.stubGlobal('window', {
      localStorage: { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, text: string) => stored.set(key, text) },
    })
  })
  it('are those of one workspace', () => {
    recordView('one', view('a'))
    recordView('two', view('b'))
    expect(recentViews('one')).toEqual([view('a')])
    expect(recentViews('three')).toEqual([])
  })
  it('leave with their workspace', () => {
    recordView('one', view('a'))
    recordView('two', view('b'))
    keepRecentViewsOf(['two'])
    expect(recentViews('one')).toEqual([])
    expect(recentViews('two')).toEqual([view('b')])
  })
  it('do not keep an address of any length', () => {
    recordView('one', view('x'.repeat(500)))
    expect(recentViews('one')).toEqual([])
  })
  it('are a comfort: a browser without room does not stop the page', () => {
    vi.stubGlobal('window', {
      localStorage: {
        getItem: () => null,
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError')
        },
      },
    })
    expect(() => recordView('one', view('a'))).not.toThrow()
  })
})
