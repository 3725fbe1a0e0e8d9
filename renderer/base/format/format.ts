/**
 * Numbers, money, bytes and times as people read them, through `Intl`. Everything the console shows goes
 * through here, so that one place decides units, digits and the language of numbers.
 */

import { currencyDigits } from '../../../shared/billing/minor-units.ts'
import { decimalText } from '../../../shared/billing/money.ts'
import { chosenLocale } from './locale-choice.ts'

export type ByteBase = 'binary' | 'decimal'

/** In what a meter counts. */
export type Measured = { unit: string; byteBase: ByteBase }

export type Format = {
  count(value: number | bigint): string
  /** Big numbers short ("12.4K"); the exact one belongs into a title. */
  shortCount(value: number): string
  percent(value: number): string
  bytes(value: number, base?: ByteBase): string
  /** As `bytes`, with two decimals and never rounded up. `scaleOf`: in the unit that this size has, so that two stand beside each other. */
  bytesDown(value: number, base?: ByteBase, scaleOf?: number): string
  /** In the unit of a meter: bytes as bytes, minutes as hours ("1.5 h"), everything else as a count with all its digits. */
  quantity(of: Measured, value: number | bigint): string
  /** As `quantity`, with big counts short. */
  shortQuantity(of: Measured, value: number | bigint): string
  /** All digits and the unit, for titles and screen readers. */
  exactBytes(value: number): string
  /** An amount in minor units of its currency (cents for USD, yen for JPY). */
  money(amountMinor: number | bigint, currency: string): string
  /** As `money`, without ".00": for price tags, not for what will be charged. */
  price(amountMinor: number, currency: string): string
  time(epochMs: number): string
  timeWithSeconds(epochMs: number): string
  date(epochMs: number): string
  dateTime(epochMs: number): string
  /** Of billing, which is in UTC: "November 2026", "9 Nov", "9 Nov 2026". */
  utcMonth(epochMs: number): string
  /** "Nov 26", for axes. */
  utcMonthShort(epochMs: number): string
  utcDay(epochMs: number): string
  utcDate(epochMs: number): string
  /** The days of a half-open span of billing, both of them in it: "Dec 9, 2026 – Jan 8, 2027". */
  utcRange(startMs: number, endMs: number): string
  /** The time alone for today, else the day and the time. */
  moment(epochMs: number, nowMs: number): string
  duration(ms: number): string
  rate(perSecond: number): string
  /** `counted(1, 'write', 'writes')` → "1 write". */
  counted(value: number | bigint, one: string, many: string): string
}

const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
const decimalUnits = ['B', 'kB', 'MB', 'GB', 'TB']
/** A number and its sign are one word: they never stand on two lines. */
const NO_BREAK_SPACE = '\u00a0'
const second = 1000
const minute = 60 * second

/** `locale` undefined takes the system's; `timeZone` is given by tests alone. */
export function createFormat(locale: string | undefined, timeZone?: string): Format {
  const number = (options: Intl.NumberFormatOptions) => onFirstUse(() => new Intl.NumberFormat(locale, options))
  const moment = (options: () => Intl.DateTimeFormatOptions) => onFirstUse(() => new Intl.DateTimeFormat(locale, options()))
  const whole = number({})
  const short = number({ notation: 'compact', maximumFractionDigits: 1 })
  const oneDecimal = number({ maximumFractionDigits: 1 })
  const twoDecimals = number({ maximumFractionDigits: 2 })
  const plural = onFirstUse(() => new Intl.PluralRules(locale))
  // "04:52" where the day has 24 hours, "4:52 AM" where it has twice twelve.
  const hourDigits = onFirstUse(() =>
    new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hourCycle?.startsWith('h2') ? ('2-digit' as const) : ('numeric' as const),
  )
  const time = moment(() => ({ hour: hourDigits(), minute: '2-digit', timeZone }))
  const timeWithSeconds = moment(() => ({ hour: hourDigits(), minute: '2-digit', second: '2-digit', timeZone }))
  const date = moment(() => ({ day: 'numeric', month: 'short', year: 'numeric', timeZone }))
  const dateTime = moment(() => ({ day: 'numeric', month: 'short', hour: hourDigits(), minute: '2-digit', timeZone }))
  const utcMonth = moment(() => ({ month: 'long', year: 'numeric', timeZone: 'UTC' }))
  const utcMonthShort = moment(() => ({ month: 'short', year: '2-digit', timeZone: 'UTC' }))
  const utcDay = moment(() => ({ day: 'numeric', month: 'short', timeZone: 'UTC' }))
  const utcDate = moment(() => ({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }))
  const currencies = new Map<string, Intl.NumberFormat>()

  function amount(amountMinor: number | bigint, currency: string, trailingZeroDisplay: 'auto' | 'stripIfInteger'): string {
    const kind = `${currency.toUpperCase()} ${trailingZeroDisplay}`
    let formatter = currencies.get(kind)
    if (formatter === undefined) {
      formatter = new Intl.NumberFormat(locale, {
        style: 'currency',
        currency: currency.toUpperCase(),
        currencyDisplay: 'narrowSymbol',
        ...currencyDigits(currency),
        trailingZeroDisplay,
      })
      currencies.set(kind, formatter)
    }
    return withMinus(formatter.format(decimalText(amountMinor, currency) as Intl.StringNumericLiteral))
  }

  const format: Format = {
    count: (value) => whole().format(value),
    shortCount: (value) => (Math.abs(value) < 10_000 ? whole().format(value) : short().format(value)),
    percent: (value) => `${oneDecimal().format(value)}${NO_BREAK_SPACE}%`,
    bytes(value, base = 'binary') {
      const step = base === 'binary' ? 1024 : 1000
      const units = base === 'binary' ? binaryUnits : decimalUnits
      let scaled = value
      let unit = 0
      // 1023.96 KiB would round to "1,024 KiB": it moves on to the next unit instead.
      while (unit < units.length - 1 && Math.round(scaled * 10) / 10 >= step) {
        scaled /= step
        unit += 1
      }
      return `${oneDecimal().format(scaled)} ${units[unit]}`
    },
    bytesDown(value, base = 'binary', scaleOf = value) {
      const step = base === 'binary' ? 1024 : 1000
      const units = base === 'binary' ? binaryUnits : decimalUnits
      const unit = scaleOf < step ? 0 : Math.min(units.length - 1, Math.floor(Math.log(scaleOf) / Math.log(step)))
      const hundredths = Math.floor((value / step ** unit) * 100)
      // Something is never nothing.
      return value > 0 && hundredths === 0 ? `<${twoDecimals().format(0.01)} ${units[unit]}` : `${twoDecimals().format(hundredths / 100)} ${units[unit]}`
    },
    quantity: ({ unit, byteBase }, value) => {
      if (unit === 'bytes') return format.bytes(Number(value), byteBase)
      return unit === 'minutes' ? `${twoDecimals().format(Number(value) / 60)} h` : format.count(value)
    },
    shortQuantity: ({ unit, byteBase }, exact) => {
      // Short words are no place for the last digits.
      const value = Number(exact)
      if (unit === 'bytes') return format.bytes(value, byteBase)
      if (unit === 'minutes') return `${value < 600_000 ? twoDecimals().format(value / 60) : short().format(value / 60)} h`
      return format.shortCount(value)
    },
    exactBytes: (value) => format.counted(value, 'byte', 'bytes'),
    money: (amountMinor, currency) => amount(amountMinor, currency, 'auto'),
    price: (amountMinor, currency) => amount(amountMinor, currency, 'stripIfInteger'),
    time: (epochMs) => time().format(epochMs),
    timeWithSeconds: (epochMs) => timeWithSeconds().format(epochMs),
    date: (epochMs) => date().format(epochMs),
    dateTime: (epochMs) => dateTime().format(epochMs),
    utcMonth: (epochMs) => utcMonth().format(epochMs),
    utcMonthShort: (epochMs) => utcMonthShort().format(epochMs),
    utcDay: (epochMs) => utcDay().format(epochMs),
    utcDate: (epochMs) => utcDate().format(epochMs),
    utcRange: (startMs, endMs) => utcDate().formatRange(startMs, Math.max(startMs, endMs - 1)),
    moment: (epochMs, nowMs) => (date().format(epochMs) === date().format(nowMs) ? time().format(epochMs) : dateTime().format(epochMs)),
    duration(ms) {
      // Whole seconds and whole minutes first: rounding the parts one by one would say "1 h 60 min".
      const seconds = Math.max(1, Math.ceil(ms / second))
      if (seconds < 60) return `${seconds} s`
      const minutes = Math.ceil(ms / minute)
      if (minutes < 60) return `${minutes} min`
      const hours = Math.floor(minutes / 60)
      return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
    },
    rate: (perSecond) => `${perSecond < 10 ? oneDecimal().format(perSecond) : whole().format(Math.round(perSecond))}/s`,
    counted: (value, one, many) => `${whole().format(value)} ${plural().select(Number(value)) === 'one' ? one : many}`,
  }
  return format
}

/** One minus sign wherever an amount is below zero: the one of arithmetic, which is as wide as a digit. `Intl` writes a hyphen in most languages. */
export function withMinus(amount: string): string {
  return amount.replace('-', '−')
}

/** A formatter takes its time to be made, and few are needed before the first page is drawn. */
function onFirstUse<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

export const format: Format = createFormat(chosenLocale())
