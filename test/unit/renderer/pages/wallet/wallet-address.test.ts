import fc from 'fast-check'
import { expect, test } from 'vitest'
import { searchOfWallet, views, walletAddress } from '../../../../../renderer/pages/wallet/wallet-address.ts'

const name = fc.option(fc.stringMatching(/^[a-z][a-z0-9_.-]{0,20}$/))

test('every view has an address, and the address gives the view back', () => {
  fc.assert(
    fc.property(
      fc.record({
        view: fc.constantFrom(...views),
        circle: name,
        element: name,
        operation: name,
        kind: fc.option(fc.constantFrom('debit', 'top_up', 'opening')),
      }),
      (address) => {
        expect(walletAddress(searchOfWallet(address))).toEqual(address)
      },
    ),
  )
})

test('an address that was typed by hand shows what there is', () => {
  expect(walletAddress('view=nothing&element=../../x&kind=all')).toEqual({ view: 'balance', circle: null, element: null, operation: null, kind: null })
})
