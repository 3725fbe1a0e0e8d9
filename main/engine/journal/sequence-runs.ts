import type { SequenceRun } from './entry.ts'

/** Sequences as runs, so that a segment of 40,000 entries is remembered in a few numbers. */
export class SequenceRuns {
  readonly #runs: SequenceRun[] = []
  readonly #maxRuns: number

  /** `maxRuns`: from there on the nearest two runs are taken for one, with the numbers between them. */
  constructor(maxRuns: number = Number.POSITIVE_INFINITY) {
    this.#maxRuns = maxRuns
  }

  /** Of runs that were in order and apart when they were written down. */
  static of(runs: readonly SequenceRun[], maxRuns: number): SequenceRuns {
    const made = new SequenceRuns(maxRuns)
    made.#runs.push(...runs.map(([first, last]): SequenceRun => [first, last]))
    return made
  }

  get runs(): readonly SequenceRun[] {
    return this.#runs
  }

  get last(): number {
    return this.#runs.at(-1)?.[1] ?? 0
  }

  add(sequence: number): void {
    const at = this.#placeOf(sequence)
    const before = this.#runs[at]
    if (before && sequence <= before[1]) return
    const after = this.#runs[at + 1]
    const joinsBefore = before !== undefined && before[1] + 1 === sequence
    const joinsAfter = after !== undefined && after[0] - 1 === sequence
    if (joinsBefore && joinsAfter) {
      before[1] = after[1]
      this.#runs.splice(at + 1, 1)
    } else if (joinsBefore) before[1] = sequence
    else if (joinsAfter) after[0] = sequence
    else {
      this.#runs.splice(at + 1, 0, [sequence, sequence])
      if (this.#runs.length > this.#maxRuns) this.#joinNearest()
    }
  }

  has(sequence: number): boolean {
    const run = this.#runs[this.#placeOf(sequence)]
    return run !== undefined && sequence <= run[1]
  }

  /** Whether any of them lies from `first` to `last`. */
  meets(first: number, last: number): boolean {
    const run = this.#runs[this.#placeOf(last)]
    return run !== undefined && run[1] >= first
  }

  /** The lowest of them from here on; null: none. */
  next(from: number): number | null {
    const at = this.#placeOf(from)
    const run = this.#runs[at]
    if (run !== undefined && from <= run[1]) return from
    return this.#runs[at + 1]?.[0] ?? null
  }

  /** Where the last run begins that does not begin after this; -1: none. */
  #placeOf(sequence: number): number {
    let low = 0
    let high = this.#runs.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#runs[middle]?.[0] ?? 0) <= sequence) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  #joinNearest(): void {
    let best = 1
    let bestGap = Number.POSITIVE_INFINITY
    for (let at = 1; at < this.#runs.length; at += 1) {
      const gap = (this.#runs[at]?.[0] ?? 0) - (this.#runs[at - 1]?.[1] ?? 0)
      if (gap < bestGap) [best, bestGap] = [at, gap]
    }
    const [joined] = this.#runs.splice(best, 1)
    const before = this.#runs[best - 1]
    if (before && joined) before[1] = joined[1]
  }
}
