import type { MeterUse, UsageForecast, UsageGrain, UsageTrend } from '../../../shared/contract/console/usage.ts'
import type { Meter } from '../../../shared/contract/console.ts'
import { format, type Measured } from '../../base/format/format.ts'
import { meterTexts } from '../../base/texts/meter.ts'

const restWords = 'What was counted stays counted; the same file sent again adds only the rest.'

export const usageTexts = {
  title: 'Usage',
  lead: (start: number, end: number, asOf: string | null) => `Period ${format.utcRange(start, end)} (UTC)${asOf === null ? '' : `, as of ${asOf}`}`,
  neverFetched: 'Nothing has been fetched from the platform yet. Usage comes with the first connection.',
  none: 'This platform meters nothing',
  noneText: 'What it charges for is on its other pages.',
  ungrouped: 'Limits',
  details: (name: string) => `${name}: trend and details`,
  cost: {
    title: 'Projected cost',
    note: 'As each meter is foreseen at the end of the period (without three days of usage: at the pace so far); use beyond a limit at the meter’s unit price.',
    plan: 'Plan',
    agreed: 'By agreement',
    bought: 'Seats and boosters',
    soFar: 'Beyond the plan so far',
    projectedOverage: 'Beyond the plan by the end',
    total: 'Projected total',
    totalAgreed: 'Projected on top of the plan',
  },
  boosted: (meter: Measured, planLimit: number, boosted: number) =>
    `${format.quantity(meter, planLimit)} from the plan + ${format.quantity(meter, boosted)} from boosters and seats`,
  metering: (words: string) => `Metered ${words.charAt(0).toLowerCase()}${words.slice(1)}`,
  forecast: {
    none: 'A forecast needs three days of usage.',
    expected: (meter: Measured, { expected, low, high }: UsageForecast, end: number) =>
      `About ${format.shortQuantity(meter, expected)} by ${format.utcDay(end)}${low === high ? '' : ` (${format.shortQuantity(meter, low)} to ${format.shortQuantity(meter, high)})`}`,
    reached: 'The limit has been reached',
    reaches: (at: number) => `Reaches its limit about ${format.utcDay(at)}`,
    mayReach: (at: number) => `May reach its limit as early as ${format.utcDay(at)}`,
    stays: 'Stays under its limit in this period',
    basis: (days: number) => `From the growth of the last ${format.counted(days, 'day', 'days')}; four of five cases lie in the range.`,
  },
  projected: ({ cents, billedUse, unitCents, per }: NonNullable<MeterUse['projected']>, meter: Measured, currency: string) => {
    const rate = meterTexts.unitPrice(meter, format.money(unitCents, currency), per)
    return BigInt(cents) === 0n
      ? `Nothing beyond the plan (${rate})`
      : `${format.money(BigInt(cents), currency)} for ${format.shortQuantity(meter, BigInt(billedUse))} beyond the plan (${rate})`
  },
  detail: {
    back: 'All meters',
    grain: 'Show by',
    grains: { hour: 'Hour', day: 'Day', month: 'Month' } satisfies Record<UsageGrain, string>,
    measure: 'Measure',
    each: 'Each day',
    running: 'Running total',
    forecastTitle: 'Forecast',
    trendTitle: 'Trend',
    costTitle: 'Projected cost of this meter',
    unknown: 'There is no such meter here any more.',
    noPast: 'No history is known here yet. It comes with the next sync, and then grows by the hour.',
  },
  trend: {
    title: (name: string, grain: UsageGrain) => `${name} by ${grain}`,
    now: { hour: 'Last 7 days', day: 'This period', month: 'Last 12 months' } satisfies Record<UsageGrain, string>,
    before: { hour: '7 days before', day: 'Previous period', month: '12 months before' } satisfies Record<UsageGrain, string>,
    expected: 'Expected',
    low: 'Lower end',
    high: 'Upper end',
    limit: (text: string) => `Limit ${text}`,
    summary(meter: Measured & Pick<Meter, 'name'>, trend: UsageTrend): string {
      const { kind, grain, values, comparedTotal, comparedPrevious } = trend
      const known = values.filter((value) => value !== null)
      if (known.length === 0) return `${meter.name}: no history is known yet.`
      const highest = known.reduce((most, value) => Math.max(most, value), known[0] ?? 0)
      const at = format[grain === 'month' ? 'utcMonth' : 'utcDate'](trend.times[values.indexOf(highest)] ?? 0)
      if (kind === 'level') {
        const last = known.at(-1) ?? 0
        return `${meter.name} stands at ${format.quantity(meter, last)}; the highest of these was ${format.quantity(meter, highest)} (${at}).`
      }
      const compared =
        comparedTotal === null || comparedPrevious === null
          ? ''
          : ` ${format.quantity(meter, comparedTotal)} against ${format.quantity(meter, comparedPrevious)} in as much of the time before${changeWords(comparedTotal, comparedPrevious)}.`
      return `${meter.name}: the most in one ${grain} was ${format.quantity(meter, highest)} (${at}).${compared}`
    },
  },
  file: {
    title: 'Import usage from a file',
    text: 'Each line is a usage event of this workspace. Nothing is sent before you have seen what would count. The same file twice adds nothing; a file that has grown adds what is new.',
    form: 'CSV with commas, semicolons or tabs, or JSON lines. Columns: metric, timestamp with its time zone, and one of quantity, reading, key; optional: service, user_id, source, id, metadata. Up to 32 MiB and 200,000 lines.',
    choose: 'Choose a file',
    drop: 'or drop one here',
    another: 'Choose another file',
    elsewhere: 'A file is being sent to another workspace. Wait for its end, or go there and cancel it.',
    show: 'Show',
    unreadable: { message: 'The browser could not read this file.', suggestion: 'Check that it still exists and may be read.' },
    reading: (name: string, done: number, total: number) => `Reading ${name}: ${format.bytes(done)} of ${format.bytes(total)}`,
    readingProgress: 'Reading the file',
    unread: (name: string) => `Nothing of ${name} was sent.`,
    read: (name: string, rows: number) => `${name}: ${format.counted(rows, 'line', 'lines')} read, nothing sent yet`,
    how: (how: string) => `Read as ${how}.`,
    firstRows: 'The first lines, as they would count',
    columns: { line: 'Line', meter: 'Meter', amount: 'Amount', when: 'When', who: 'Who' },
    today: 'counts today',
    countToday: (count: number) =>
      `${format.counted(count, 'event lies', 'events lie')} in a period that is closed, and ${count === 1 ? 'counts' : 'count'} today.`,
    moreRows: (count: number) => `and ${format.counted(count, 'more line', 'more lines')}`,
    refusedHere: (count: number) => `${format.counted(count, 'line', 'lines')} would be refused, and ${count === 1 ? 'is' : 'are'} not sent`,
    notSent: (count: number) => `${format.counted(count, 'line was', 'lines were')} refused before sending`,
    refusedThere: (count: number) => `${format.counted(count, 'event was', 'events were')} refused by the platform`,
    refusedLine: (line: number | null, reason: string) => (line === null ? reason : `Line ${format.count(line)}: ${reason}`),
    moreRefused: (count: number) => `and ${format.count(count)} more`,
    send: (count: number) => `Send ${format.counted(count, 'event', 'events')}`,
    nothingToSend: 'No line of this file can be sent.',
    sendRest: 'Send the rest',
    sending: (name: string, done: number, total: number) => `Sending ${name}: ${format.count(done)} of ${format.counted(total, 'event', 'events')}`,
    sendingProgress: 'Sending the events',
    cancel: 'Cancel',
    cancelling: 'Cancelling: the answer to what is under way is waited for',
    done: (name: string, sent: number) => `${name} was sent: ${format.counted(sent, 'event', 'events')}`,
    cancelled: (sent: number, total: number) => `Cancelled after ${format.count(sent)} of ${format.counted(total, 'event', 'events')}. ${restWords}`,
    stopped: (sent: number, total: number) => `Stopped after ${format.count(sent)} of ${format.counted(total, 'event', 'events')}. ${restWords}`,
    counts: { counted: 'Counted', known: 'Already known', refused: 'Refused' },
  },
  breakdown: {
    services: 'By service',
    users: 'By user',
    note: (total: string, from: number) => `${total} on UTC days from ${format.utcDay(from)} on, the first one from its beginning`,
    none: 'The platform does not say which service or user this was.',
    name: 'Name',
    quantity: 'Used',
    share: 'Share',
  },
  finds: { group: 'Meters' },
} as const

function changeWords(now: number, before: number): string {
  if (before === 0) return ''
  const percent = Math.round(((now - before) / before) * 100)
  return percent === 0 ? ' (the same)' : ` (${percent > 0 ? '+' : '−'}${format.percent(Math.abs(percent))})`
}
