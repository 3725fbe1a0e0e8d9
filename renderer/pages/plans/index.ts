import { IconLayoutColumns } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const plansEntry: PageEntry = {
  path: paths.plans,
  // The same page, where something is to be bought.
  alsoAt: [paths.upgrade],
  link: { label: 'Plans', letter: 'p', icon: IconLayoutColumns },
  capability: 'billing',
  openWithoutCapability: true,
  load: () => import('./plans-page.tsx').then((module) => module.PlansPage),
  finds: () => import('./finds.ts').then((module) => module.planFinds),
}
