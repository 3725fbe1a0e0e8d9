/** What two uses of one UTC day, or two parts of one period, make together: they add up, or the higher one counts. */
export const dayRules = {
  added: (one: number, other: number): number => one + other,
  highest: (one: number, other: number): number => Math.max(one, other),
}
export type DayRule = keyof typeof dayRules
