/** Pages that come when they are asked for, or a moment before: when their link is pointed at or focused. */
import { lazy } from 'react'
import { paths } from '../base/address/paths.ts'

const load = {
  [paths.costs]: () => import('../pages/costs/costs-page.tsx').then((module) => ({ default: module.CostsPage })),
  [paths.invoices]: () => import('../pages/invoices/invoices-page.tsx').then((module) => ({ default: module.InvoicesPage })),
  [paths.wallet]: () => import('../pages/wallet/wallet-page.tsx').then((module) => ({ default: module.WalletPage })),
  [paths.alerts]: () => import('../pages/alerts/alerts-page.tsx').then((module) => ({ default: module.AlertsPage })),
  [paths.audit]: () => import('../pages/audit/audit-page.tsx').then((module) => ({ default: module.AuditPage })),
  [paths.usage]: () => import('../pages/usage/usage-page.tsx').then((module) => ({ default: module.UsagePage })),
  [paths.outbox]: () => import('../pages/outbox/outbox-page.tsx').then((module) => ({ default: module.OutboxPage })),
  [paths.devices]: () => import('../pages/devices/devices-page.tsx').then((module) => ({ default: module.DevicesPage })),
  [paths.honesty]: () => import('../pages/honesty/honesty-page.tsx').then((module) => ({ default: module.HonestyPage })),
  [paths.settings]: () => import('../pages/settings/settings-page.tsx').then((module) => ({ default: module.SettingsPage })),
  [paths.plans]: () => import('../pages/plans/plans-page.tsx').then((module) => ({ default: module.PlansPage })),
  [paths.tenants]: () => import('../pages/tenants/tenants-page.tsx').then((module) => ({ default: module.TenantsPage })),
  [paths.addWorkspace]: () => import('../pages/first-run/add-workspace-page.tsx').then((module) => ({ default: module.AddWorkspacePage })),
} as const

export const CostsPage = lazy(load[paths.costs])
export const InvoicesPage = lazy(load[paths.invoices])
export const WalletPage = lazy(load[paths.wallet])
export const AlertsPage = lazy(load[paths.alerts])
export const AuditPage = lazy(load[paths.audit])
export const UsagePage = lazy(load[paths.usage])
export const OutboxPage = lazy(load[paths.outbox])
export const DevicesPage = lazy(load[paths.devices])
export const HonestyPage = lazy(load[paths.honesty])
export const SettingsPage = lazy(load[paths.settings])
export const PlansPage = lazy(load[paths.plans])
export const TenantsPage = lazy(load[paths.tenants])
export const AddWorkspacePage = lazy(load[paths.addWorkspace])

/** Parts of the shell that only the desktop shows, and seldom. */
export const EngineFailed = lazy(() => import('./shell/engine-failed.tsx').then((module) => ({ default: module.EngineFailed })))
export const KeyringNotice = lazy(() => import('./shell/keyring-notice.tsx').then((module) => ({ default: module.KeyringNotice })))

const loaders = new Map<string, () => Promise<unknown>>(Object.entries(load))

/** A failure here is no trouble: the navigation itself asks again. */
export function preload(path: string): void {
  loaders
    .get(path)?.()
    .catch(() => undefined)
}
