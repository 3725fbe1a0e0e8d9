import { IconSettings } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const settingsEntry: PageEntry = {
  path: paths.settings,
  link: { label: 'Settings', letter: 's', icon: IconSettings },
  load: () => import('./settings-page.tsx').then((module) => module.SettingsPage),
  finds: () => import('./finds.ts').then((module) => module.settingFinds),
}
