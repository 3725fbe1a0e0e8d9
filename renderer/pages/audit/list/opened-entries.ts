/** The entries whose details are shown, as a part of the page's address: `5,9`, in the order in which they were opened. Pure. */

/** More at once nobody reads; an address may have been typed by hand. */
const mostEntries = 20

export function openedEntries(value: string | null): readonly number[] {
  if (value === null) return []
  const sequences = value.split(',').filter((text) => /^[1-9]\d{0,14}$/.test(text))
  return [...new Set(sequences.map(Number))].slice(-mostEntries)
}

/** Null: none is left. */
export function withToggled(value: string | null, sequence: number): string | null {
  const before = openedEntries(value)
  const after = before.includes(sequence) ? before.filter((other) => other !== sequence) : [...before, sequence].slice(-mostEntries)
  return after.length === 0 ? null : after.join(',')
}
