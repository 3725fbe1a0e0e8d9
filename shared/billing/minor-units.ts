/**
 * How many digits the minor unit of a currency has, by ISO 4217: the list as published on 2024-06-25, against which a test holds it, and XCG,
 * which came since. Amounts in minor units are counted in them. `Intl` knows how a currency is usually written instead: it gives HUF and IQD none, and would show them a hundred and a
 * thousand times too large.
 */
const DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}
const USUAL_DIGITS = 2
const digitsOf = new Map(Object.entries(DIGITS).flatMap(([digits, codes]) => codes.split(' ').map((code): [string, number] => [code, Number(digits)])))

/** @param currency in letters of either case; one that the list does not name has two digits, as nearly all have */
export function minorUnitDigits(currency: string): number {
  return digitsOf.get(currency.toUpperCase()) ?? USUAL_DIGITS
}

/** For `Intl.NumberFormat`: as many digits as the minor unit has, whatever the language would write. */
export function currencyDigits(currency: string): Pick<Intl.NumberFormatOptions, 'minimumFractionDigits' | 'maximumFractionDigits'> {
  const digits = minorUnitDigits(currency)
  return { minimumFractionDigits: digits, maximumFractionDigits: digits }
}
