import { IconBuildings } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const tenantsEntry: PageEntry = {
  path: paths.tenants,
  link: { label: 'Tenants', letter: 't', icon: IconBuildings },
  role: 'seesTenants',
  load: () => import('./tenants-page.tsx').then((module) => module.TenantsPage),
}
