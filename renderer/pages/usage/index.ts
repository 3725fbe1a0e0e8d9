import { IconGauge } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const usageEntry: PageEntry = {
  path: paths.usage,
  link: { label: 'Usage', letter: 'u', icon: IconGauge },
  capability: 'usage',
  load: () => import('./usage-page.tsx').then((module) => module.UsagePage),
  finds: () => import('./finds.ts').then((module) => module.usageFinds),
}
