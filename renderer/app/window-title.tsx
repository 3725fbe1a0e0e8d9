import { useEffect } from 'react'
import { useLocation } from 'wouter'
import type { Workspace } from '../../shared/contract/console.ts'
import { texts } from '../base/texts/texts.ts'
import { titleOf } from './page-links.ts'

/** Names page and workspace in the title of the window or tab, by which it is found among others. */
export function WindowTitle({ workspace }: { workspace: Pick<Workspace, 'name'> | null }) {
  const [path] = useLocation()
  const title = [titleOf(path), workspace?.name, texts.product].filter((part) => part !== undefined && part !== null && part !== '').join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
  return null
}
