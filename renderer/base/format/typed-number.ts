/** Numbers as people type and paste them: read exactly or not at all, never a part of them. Pure. */
import { chosenLocale } from './locale-choice.ts'

/** `digits` without its point: 12.50 is 1250 with two decimals. */
export type TypedDecimal = { digits: bigint; decimals: number }

/**
 * A whole number from 0 up; null: it is none, or larger than is counted exactly. Thousands may be set apart, but one group alone only as the
 * language of numbers does it: "2,500" is 2500 in English and nothing in German.
 */
export function wholeNumberFrom(text: string, locale = chosenLocale()): number | null {
  const digits = wholeDigits(text.trim(), locale)
  if (digits === null) return null
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : null
}

/** An amount from 0 up with its decimals; null: it is none, or could be read in two ways. */
export function decimalFrom(text: string, locale = chosenLocale()): TypedDecimal | null {
  const typed = text.trim()
  const whole = wholeDigits(typed, locale)
  if (whole !== null) return { digits: BigInt(whole), decimals: 0 }
  const [, before = '', point = '', fraction = ''] = /^(.+)([.,])(\d+)$/.exec(typed) ?? []
  // Three digits after a comma are thousands to one person and thousandths to another: there the language decides.
  if (before.includes(point) || (fraction.length === 3 && point !== signsOf(locale).decimal)) return null
  const digits = wholeDigits(before, locale)
  return digits === null ? null : { digits: BigInt(digits + fraction), decimals: fraction.length }
}

/** With its thousands set apart, once it was typed; whatever would not be read back as the same number stays as it is. */
export function groupedNumber(text: string, locale = chosenLocale()): string {
  const value = wholeNumberFrom(text, locale)
  if (value === null) return text
  const grouped = new Intl.NumberFormat(locale).format(value)
  return wholeNumberFrom(grouped, locale) === value ? grouped : text
}

function wholeDigits(typed: string, locale: string | undefined): string | null {
  if (/^\d{1,24}$/.test(typed)) return typed
  const digits = typed.replaceAll(/\D/g, '')
  // One sign between all groups; a group of zero alone ("0,125") sets nothing apart.
  const sign = /^[1-9]\d{0,2}([\s,.'’_])\d{3}(?:\1\d{3})*$/.exec(typed)?.[1]
  if (sign !== undefined && (!/[,.]/.test(sign) || sign === signsOf(locale).group || digits.length > 6)) return digits
  // Not everybody groups by three.
  return digits !== '' && digits.length <= 24 && typed === new Intl.NumberFormat(locale).format(BigInt(digits)) ? digits : null
}

function signsOf(locale: string | undefined): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.5)
  const sign = (wanted: string): string => parts.find(({ type }) => type === wanted)?.value ?? ''
  return { group: sign('group'), decimal: sign('decimal') }
}
