const MOST_STEPS = 8
const HIGHEST_PERCENT = 1_000

/** "50, 75, 100" (or with spaces, semicolons and signs) as percentages from low to high, each once; null for anything else. Pure. */
export function stepsFrom(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '' && part !== '%')
  const steps = parts.map((part) => (/^\d{1,4} ?%?$/.test(part) ? Number(part.replace('%', '')) : Number.NaN))
  if (steps.length === 0 || steps.some((step) => !Number.isInteger(step) || step < 1 || step > HIGHEST_PERCENT)) return null
  const distinct = [...new Set(steps)].sort((one, other) => one - other)
  return distinct.length > MOST_STEPS ? null : distinct
}
