/** Pages that come when they are asked for, or a moment before: when their link is pointed at or focused. */
import { lazy } from 'react'
import { paths } from './paths.ts'

const load = {
  [paths.outbox]: () => import('../pages/outbox/outbox-page.tsx').then((module) => ({ default: module.OutboxPage })),
  [paths.devices]: () => import('../pages/devices/devices-page.tsx').then((module) => ({ default: module.DevicesPage })),
  [paths.honesty]: () => import('../pages/honesty/honesty-page.tsx').then((module) => ({ default: module.HonestyPage })),
  [paths.settings]: () => import('../pages/settings/settings-page.tsx').then((module) => ({ default: module.SettingsPage })),
  [paths.upgrade]: () => import('../pages/upgrade/upgrade-page.tsx').then((module) => ({ default: module.UpgradePage })),
  [paths.addWorkspace]: () => import('../pages/first-run/add-workspace-page.tsx').then((module) => ({ default: module.AddWorkspacePage })),
} as const

export const OutboxPage = lazy(load[paths.outbox])
export const DevicesPage = lazy(load[paths.devices])
export const HonestyPage = lazy(load[paths.honesty])
export const SettingsPage = lazy(load[paths.settings])
export const UpgradePage = lazy(load[paths.upgrade])
export const AddWorkspacePage = lazy(load[paths.addWorkspace])

const loaders = new Map<string, () => Promise<unknown>>(Object.entries(load))

/** A failure here is no trouble: the navigation itself asks again. */
export function preload(path: string): void {
  loaders
    .get(path)?.()
    .catch(() => undefined)
}
