import { IconBell } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const alertsEntry: PageEntry = {
  path: paths.alerts,
  link: { label: 'Alerts', letter: 'a', icon: IconBell },
  capability: 'alerts',
  load: () => import('./alerts-page.tsx').then((module) => module.AlertsPage),
  finds: () => import('./finds.ts').then((module) => module.alertFinds),
}
