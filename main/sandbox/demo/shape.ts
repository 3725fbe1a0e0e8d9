/**
 * The shape of the demo's past: growth, a weekly and a monthly rhythm, one spike, one outage, and noise. Everything comes from
 * a seed and a name, so the same seed makes the same data, and one part of the past does not move when another is changed.
 */
const HOURS = 24

export type Shape = {
  /** How much happened on a UTC day (days since 1970), against an ordinary day at the end of the past: 1. Never below 0. */
  dayFactor(day: number): number
  /** The share of a day that falls in each hour; they sum to 1. */
  hourShares(day: number): readonly number[]
  /** Chance of its own for a purpose: numbers in [0, 1), always the same ones. */
  random(purpose: string): () => number
}

export type ShapeRange = { readonly firstDay: number; readonly lastDay: number }

/** Over the whole past an account grows from this share of what it does at the end. */
const START_SHARE = 0.3
const WEEKDAYS = [0.42, 1.08, 1.16, 1.2, 1.15, 1.02, 0.5]
const NOISE = 0.14

export function makeShape(seed: number, name: string, { firstDay, lastDay }: ShapeRange): Shape {
  const random = (purpose: string): (() => number) => randomFrom(`${seed} ${name} ${purpose}`)
  const chosen = random('events')
  const days = Math.max(1, lastDay - firstDay)
  const spikeDay = lastDay - Math.round(55 + chosen() * 60)
  const outageDay = lastDay - Math.round(18 + chosen() * 24)
  const outageHour = 8 + Math.floor(chosen() * 6)
  const noise = random('noise')
  const noises = Array.from({ length: days + 1 }, () => 1 + (noise() - 0.5) * 2 * NOISE)

  const isDown = (day: number, hour: number): boolean => day === outageDay && hour >= outageHour && hour < outageHour + 7
  const hourWeights = (day: number): number[] => Array.from({ length: HOURS }, (_, hour) => (isDown(day, hour) ? 0 : ordinaryHour(hour)))
  const hourShares = (day: number): number[] => {
    const weights = hourWeights(day)
    const whole = sum(weights)
    return weights.map((weight) => weight / whole)
  }
  return {
    random,
    hourShares,
    dayFactor(day) {
      const growth = START_SHARE ** Math.max(0, (lastDay - day) / days)
      const date = new Date(day * 86_400_000)
      const week = WEEKDAYS[date.getUTCDay()] ?? 1
      // Month's end: reports, closings, reminders.
      const month = date.getUTCDate() >= 26 ? 1.18 : date.getUTCDate() <= 3 ? 0.92 : 1
      const spike = day === spikeDay ? 3.1 : day === spikeDay + 1 ? 1.7 : 1
      return growth * week * month * spike * (noises[day - firstDay] ?? 1) * (sum(hourWeights(day)) / ORDINARY_DAY)
    },
  }
}

/** Office hours with a tail of automatic work in the night. */
function ordinaryHour(hour: number): number {
  return 0.22 + Math.exp(-((hour - 14) ** 2) / 18)
}

function sum(weights: readonly number[]): number {
  return weights.reduce((total, weight) => total + weight, 0)
}

const ORDINARY_DAY = sum(Array.from({ length: HOURS }, (_, hour) => ordinaryHour(hour)))

/** mulberry32 over an FNV-1a hash of the text: quick, and the same on every machine. Not for secrets. */
export function randomFrom(text: string): () => number {
  let state = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
