import type { Workspace } from '../../shared/contract/console.ts'
import type { PageEntry, PageLink } from '../pages/page-entry.ts'
import { pages } from '../pages/registry.ts'

type Viewed = Pick<Workspace, 'capabilities' | 'seesTenants'> | null
type LinkedPage = PageLink & { path: string; addresses: readonly string[] }

/** The linked pages of a workspace in the order of the navigation: the one list for side bar, palette, shortcuts and recent views. */
export function pageLinks(workspace: Viewed): readonly LinkedPage[] {
  return pages.flatMap((page) => {
    const { path, link } = page
    return link !== null && isThere(page, workspace) ? [{ path, addresses: addressesOf(page), ...link }] : []
  })
}

/** The pages whose things and actions the palette finds: those that are there, and those that other pages lead to in any case. */
export function findingPages(workspace: Viewed): readonly PageEntry[] {
  return pages.filter((page) => page.finds !== undefined && (page.openWithoutCapability || isThere(page, workspace)))
}

function isThere({ capability, role }: PageEntry, workspace: Viewed): boolean {
  return (capability === undefined || workspace?.capabilities.includes(capability) === true) && (role === undefined || workspace?.[role] === true)
}

/** Every address at which a page is shown, its own first. */
export function addressesOf({ path, alsoAt = [] }: PageEntry): readonly string[] {
  return [path, ...alsoAt]
}

/** What the page at an address is called; null: there is no such page. */
export function titleOf(path: string): string | null {
  const page = pages.find((one) => addressesOf(one).includes(path))
  return page?.link?.label ?? page?.title ?? null
}

/** Whether the platform of a workspace has what a page is about; one that told nothing yet may have it. */
export function offers({ capabilities }: Pick<Workspace, 'capabilities'>, path: string): boolean {
  const { capability } = pages.find((page) => page.path === path) ?? {}
  return capability === undefined || capabilities.length === 0 || capabilities.includes(capability)
}
