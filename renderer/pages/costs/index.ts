import { IconChartBar } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const costsEntry: PageEntry = {
  path: paths.costs,
  link: { label: 'Costs', letter: 'c', icon: IconChartBar },
  capability: 'costs',
  load: () => import('./costs-page.tsx').then((module) => module.CostsPage),
  finds: () => import('./finds.ts').then((module) => module.costFinds),
}
