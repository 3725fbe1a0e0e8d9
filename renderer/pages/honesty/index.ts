import { IconScale } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const honestyEntry: PageEntry = {
  path: paths.honesty,
  link: { label: 'Honesty', letter: 'h', icon: IconScale },
  load: () => import('./honesty-page.tsx').then((module) => module.HonestyPage),
}
