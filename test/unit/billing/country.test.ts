import { expect, test } from 'vitest'
import { COUNTRY_CODES, isCountry } from '../../../shared/billing/country.ts'

/** Regions of CLDR that are no country of ISO 3166-1: reserved, grouped, withdrawn or for tests. */
const NO_COUNTRIES = new Set(
  'AC AN BU CP CQ CS CT DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO QU RH SU TA TP UK UN VD WK XA XB XK YD YU ZR ZZ'.split(' '),
)

test('there are 249 of them, each in capitals and once', () => {
  expect(COUNTRY_CODES.size).toBe(249)
  expect([...COUNTRY_CODES].toSorted()).toEqual([...COUNTRY_CODES])
  for (const code of COUNTRY_CODES) expect(code).toMatch(/^[A-Z]{2}$/)
})

test('they are those whose names the runtime knows: one that is new there is missing here', () => {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const named = letters.flatMap((one) => letters.map((other) => `${one}${other}`)).filter((code) => names.of(code) !== undefined)
  expect(named.filter((code) => !NO_COUNTRIES.has(code))).toEqual([...COUNTRY_CODES].toSorted())
})

test.each(['XX', 'us', 'UK', 'EU', '', 'USA'])('%s is none', (code) => {
  expect(isCountry(code)).toBe(false)
})
