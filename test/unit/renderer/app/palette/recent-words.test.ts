import { describe, expect, it } from 'vitest'
import { recentWords } from '../../../../../renderer/app/palette/recent-words.ts'

describe('the words of a recent view', () => {
  it.each([
    ['/outbox', ''],
    ['/outbox?states=held,waiting&kinds=setting', 'State: held, waiting · Kind: setting'],
    ['/outbox?meter=encrypted_bytes', 'Meter: encrypted bytes'],
    ['/audit?search=plan&open=5', 'Search: plan'],
    ['/outbox?agent=0f8fad5b-d9cb-469f-a165-70867728950e', 'Agent: 0f8fad5b'],
    ['/outbox?unheard=of', ''],
  ])('%s: %s', (address, words) => {
    expect(recentWords(address)).toBe(words)
  })
  it('are cut where they would fill the palette', () => {
    expect(recentWords(`/audit?search=${'long '.repeat(40)}`).length).toBeLessThan(60)
  })
})
