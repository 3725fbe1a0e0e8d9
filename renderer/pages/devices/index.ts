import { IconDeviceLaptop } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const devicesEntry: PageEntry = {
  path: paths.devices,
  link: { label: 'Devices & sub-keys', letter: 'd', icon: IconDeviceLaptop },
  load: () => import('./devices-page.tsx').then((module) => module.DevicesPage),
  finds: () => import('./finds.ts').then((module) => module.deviceFinds),
}
