import { paletteTexts } from './texts.ts'

const longestChars = 40

/** What sets a recent view apart from its page: "State: held · Search: plan". Empty for the page itself, and what has no name is left out. Pure. */
export function recentWords(address: string): string {
  const [, ...rest] = address.split('?')
  return [...new URLSearchParams(rest.join('?'))]
    .flatMap(([name, value]) => {
      const label = paletteTexts.parts[name]
      return label === undefined || value === '' ? [] : `${label}: ${shortened(value.replaceAll('_', ' ').replaceAll(',', ', '))}`
    })
    .join(' · ')
}

/** A random id says nothing by its tail. */
function shortened(value: string): string {
  if (/^[0-9a-f-]{20,}$/i.test(value)) return value.slice(0, 8)
  return value.length > longestChars ? `${value.slice(0, longestChars - 1)}…` : value
}
