import type { ReactNode } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { useAsOf } from '../../state/as-of.ts'

/** The line about a page or a section, and behind it the age of what is shown from the cache. */
export function AsOf({ children }: { children: ReactNode }) {
  const asOf = useAsOf()
  return (
    <>
      {children}
      {asOf !== null && <span>{` ${texts.asOf(asOf)}.`}</span>}
    </>
  )
}
