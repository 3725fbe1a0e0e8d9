/** The pages in the order of the navigation: the one list for the side bar and the command palette. */
import {
  IconBell,
  IconChartBar,
  IconDeviceLaptop,
  IconFileInvoice,
  IconGauge,
  IconInbox,
  IconBuildings,
  IconLayoutColumns,
  IconLayoutDashboard,
  IconListSearch,
  IconScale,
  IconSettings,
  IconWallet,
  type TablerIcon,
} from '@tabler/icons-react'
import type { Workspace } from '../../shared/contract/console.ts'
import { paths } from '../base/address/paths.ts'
import { texts } from '../base/texts/texts.ts'

/**
 * `letter`: what follows the G on the keyboard. `capability`: there only where the platform of the chosen workspace offers it; `role`: only for a
 * member whose role may see it.
 */
type PageLink = { path: string; label: string; letter: string; icon: TablerIcon; capability?: string; role?: 'seesTenants' }

const links: readonly PageLink[] = [
  { path: paths.overview, label: texts.nav.overview, letter: 'o', icon: IconLayoutDashboard },
  { path: paths.usage, label: texts.nav.usage, letter: 'u', icon: IconGauge, capability: 'usage' },
  { path: paths.plans, label: texts.nav.plans, letter: 'p', icon: IconLayoutColumns, capability: 'billing' },
  { path: paths.costs, label: texts.nav.costs, letter: 'c', icon: IconChartBar, capability: 'costs' },
  { path: paths.invoices, label: texts.nav.invoices, letter: 'i', icon: IconFileInvoice, capability: 'invoices' },
  { path: paths.wallet, label: texts.nav.wallet, letter: 'w', icon: IconWallet, capability: 'wallet' },
  { path: paths.alerts, label: texts.nav.alerts, letter: 'a', icon: IconBell, capability: 'alerts' },
  { path: paths.audit, label: texts.nav.audit, letter: 'l', icon: IconListSearch, capability: 'audit' },
  { path: paths.outbox, label: texts.nav.outbox, letter: 'x', icon: IconInbox },
  { path: paths.devices, label: texts.nav.devices, letter: 'd', icon: IconDeviceLaptop },
  { path: paths.honesty, label: texts.nav.honesty, letter: 'h', icon: IconScale },
  { path: paths.settings, label: texts.nav.settings, letter: 's', icon: IconSettings },
  { path: paths.tenants, label: texts.nav.tenants, letter: 't', icon: IconBuildings, role: 'seesTenants' },
]

export function pageLinks(workspace: Pick<Workspace, 'capabilities' | 'seesTenants'> | null): readonly PageLink[] {
  return links.filter(
    ({ capability, role }) =>
      (capability === undefined || workspace?.capabilities.includes(capability) === true) && (role === undefined || workspace?.[role] === true),
  )
}

/** Whether the platform of a workspace has what a page is about; one that told nothing yet may have it. */
export function offers({ capabilities }: Pick<Workspace, 'capabilities'>, path: string): boolean {
  const { capability } = links.find((link) => link.path === path) ?? {}
  return capability === undefined || capabilities.length === 0 || capabilities.includes(capability)
}
