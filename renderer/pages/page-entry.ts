import type { TablerIcon } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { Workspace } from '../../shared/contract/console.ts'
import type { PageFinds } from '../components/find/page-finds.ts'

/** What the console knows of a page before the page itself is loaded. */
export type PageEntry = {
  /** Its address in the window's fragment. */
  path: string
  /** Further addresses of the same page. */
  alsoAt?: readonly string[]
  /** Its place in navigation, palette and shortcuts; null: it is reached from other pages only. */
  link: PageLink | null
  /** What it is called where it is not linked. */
  title?: string
  /** It is there only where the platform of the chosen workspace offers this. */
  capability?: string
  /** Other pages lead to it wherever they are, and it says by itself what the platform does not offer. */
  openWithoutCapability?: true
  /** It is linked only for a member whose role may see it. */
  role?: 'seesTenants'
  /** What the palette finds of it beside the page itself; comes when the palette is opened. */
  finds?: () => Promise<PageFinds>
} & (
  | { component: ComponentType }
  /** Comes when it is asked for, or a moment before: when its link is pointed at or focused. */
  | { load: () => Promise<ComponentType> }
)

export type PageLink = {
  label: string
  icon: TablerIcon
  /** What follows the G on the keyboard. */
  letter: string
  /** Stands behind the label. */
  badge?: ComponentType<{ workspace: Workspace }>
}
