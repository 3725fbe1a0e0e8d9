import { IconLayoutDashboard } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'
import { OverviewPage } from './overview-page.tsx'

export const overviewEntry: PageEntry = {
  path: paths.overview,
  link: { label: 'Overview', letter: 'o', icon: IconLayoutDashboard },
  // The first page comes with the shell.
  component: OverviewPage,
}
