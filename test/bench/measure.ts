/**
 * Benchmarks print ratios to a baseline measured in the same run, in turns, so that a machine that slows down
 * half-way slows down both. They are never timed tests: nothing fails, the lines say what was reached.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle]
  if (high === undefined) throw new Error('no values')
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2
}

/** `npm run bench -- NAME ROUNDS` asks for another number of rounds. */
export function roundsOr(usual: number): number {
  const wanted = Number(process.argv[2])
  return Number.isInteger(wanted) && wanted > 0 ? wanted : usual
}

/** Runs baseline and subject in turns and answers the medians of what they return (a rate, or milliseconds). */
export async function compare(
  rounds: number,
  baseline: (round: number) => number | Promise<number>,
  subject: (round: number) => number | Promise<number>,
): Promise<{ baseline: number; subject: number }> {
  const of = { baseline: [] as number[], subject: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    of.baseline.push(await baseline(round))
    of.subject.push(await subject(round))
  }
  return { baseline: median(of.baseline), subject: median(of.subject) }
}

/** Prints one result: what, the two numbers, their ratio and the goal. */
export function report(what: string, subject: number, baseline: number, unit: string, goal: { atLeast: number } | { atMost: number } | null): void {
  const ratio = subject / baseline
  const wanted =
    goal === null
      ? ''
      : 'atLeast' in goal
        ? `  goal ≥ ${goal.atLeast}  ${ratio >= goal.atLeast ? 'reached' : 'MISSED'}`
        : `  goal ≤ ${goal.atMost}  ${ratio <= goal.atMost ? 'reached' : 'MISSED'}`
  console.log(`${what}: ${format(subject)} ${unit}  baseline ${format(baseline)} ${unit}  ratio ${ratio.toFixed(2)}${wanted}`)
}

/** Prints a number that has a limit of its own. */
export function reportValue(what: string, value: number, unit: string, atMost: number | null): void {
  const wanted = atMost === null ? '' : `  goal < ${atMost}  ${value < atMost ? 'reached' : 'MISSED'}`
  console.log(`${what}: ${format(value)} ${unit}${wanted}`)
}

function format(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(value < 10 ? 2 : 1)
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'tidemark-bench-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
