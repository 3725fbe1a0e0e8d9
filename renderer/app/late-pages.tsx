/** What comes when it is asked for. */
import type { ComponentType } from 'react'
import { type LateComponent, lateComponent } from '../components/late/late-component.tsx'
import { PageSkeleton } from '../components/page/page-skeleton.tsx'
import type { PageEntry } from '../pages/page-entry.ts'
import { pages } from '../pages/registry.ts'

/** Made once: a component that is made with each render would be another one each time. */
const latePages = new Map<PageEntry, LateComponent<object>>(
  pages.flatMap((page) => ('component' in page ? [] : [[page, lateComponent<object>(page.load, <PageSkeleton />)]])),
)

export function componentOf(page: PageEntry): ComponentType {
  const component = 'component' in page ? page.component : latePages.get(page)
  if (component === undefined) throw new Error(`${page.path} is not in the registry of pages`)
  return component
}

export function preload(path: string): void {
  for (const [page, component] of latePages) if (page.path === path) component.preload()
}

/** Every page, so that the first visit of one is like a later one. For when the window has nothing else to do. */
export function preloadAll(): void {
  for (const component of latePages.values()) component.preload()
}

/** Stands in the place of every page while there is no workspace. */
export const FirstWorkspacePage = lateComponent(
  () => import('../pages/first-run/add-workspace-page.tsx').then((module) => module.AddWorkspacePage),
  <PageSkeleton />,
)
/** Parts of the shell that only the desktop shows, and seldom. */
export const EngineFailed = lateComponent(() => import('./shell/engine-failed.tsx').then((module) => module.EngineFailed))
export const KeyringNotice = lateComponent(() => import('./shell/keyring-notice.tsx').then((module) => module.KeyringNotice))
