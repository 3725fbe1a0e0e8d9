/** What comes when it is asked for. */
import { type ComponentType, lazy } from 'react'
import type { PageEntry } from '../pages/page-entry.ts'
import { pages } from '../pages/registry.ts'

/** Made once: a component that is made with each render would be another one each time. */
const components = new Map(pages.map((page) => [page, 'component' in page ? page.component : lazyComponent(page.load)]))

export function componentOf(page: PageEntry): ComponentType {
  const component = components.get(page)
  if (component === undefined) throw new Error(`${page.path} is not in the registry of pages`)
  return component
}

/** A failure here is no trouble: the navigation itself asks again. */
export function preload(path: string): void {
  const page = pages.find((candidate) => candidate.path === path)
  if (page !== undefined && 'load' in page) page.load().catch(() => undefined)
}

function lazyComponent(load: () => Promise<ComponentType>): ComponentType {
  return lazy(() => load().then((component) => ({ default: component })))
}

/** Stands in the place of every page while there is no workspace. */
export const FirstWorkspacePage = lazy(() => import('../pages/first-run/add-workspace-page.tsx').then((module) => ({ default: module.AddWorkspacePage })))
/** Parts of the shell that only the desktop shows, and seldom. */
export const EngineFailed = lazy(() => import('./shell/engine-failed.tsx').then((module) => ({ default: module.EngineFailed })))
export const KeyringNotice = lazy(() => import('./shell/keyring-notice.tsx').then((module) => ({ default: module.KeyringNotice })))
