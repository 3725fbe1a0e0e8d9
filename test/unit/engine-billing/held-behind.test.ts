import { expect, test } from 'vitest'
import { heldBehindWords, meterName } from '../../../main/engine/billing/meters.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const meters = catalogs['layer-a'].meters
const bytes = meters.find(({ id }) => id === 'encrypted_bytes')

test.each([
  ['with the numbers of its unit', 'encrypted_bytes', 26_214_400, 26_214_400, `Waits behind ${bytes?.name}: 25 MiB of 25 MiB used.`],
  ['without numbers', 'encrypted_bytes', null, 5, `Waits behind ${bytes?.name}.`],
  ['a meter that the catalog does not have', 'tides', 1_000, 1_000, 'Waits behind tides: 1,000 of 1,000 used.'],
  ['no meter', null, 1, 1, 'Waits behind an earlier write, until the plan has room.'],
])('what is held behind another write: %s', (_, meter, used, limit, words) => {
  expect(heldBehindWords({ meters }, { meter, used, limit })).toBe(words)
})

test('a subscription that ended holds by its own name', () => {
  expect(meterName(null, 'subscription')).toBe('Subscription')
})
