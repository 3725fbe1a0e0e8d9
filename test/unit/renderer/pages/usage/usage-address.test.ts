import { expect, it } from 'vitest'
import { readUsageAddress, writeUsageAddress } from '../../../../../renderer/pages/usage/usage-address.ts'

it('says what is shown, and is read back as it was written', () => {
  for (const address of [
    { meter: null, grain: 'day', running: false },
    { meter: 'maip.sessions', grain: 'hour', running: false },
    { meter: 'a b', grain: 'day', running: true },
    { meter: 'calls', grain: 'month', running: false },
  ] as const) {
    expect(readUsageAddress(new URL(writeUsageAddress(address), 'http://console').search)).toEqual(address)
  }
})

it('takes what it does not know for the usual', () => {
  expect(readUsageAddress('by=decade&show=nothing')).toEqual({ meter: null, grain: 'day', running: false })
  expect(readUsageAddress('meter=calls&by=hour&show=running')).toEqual({ meter: 'calls', grain: 'hour', running: false })
})
