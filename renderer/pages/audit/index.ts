import { IconListSearch } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const auditEntry: PageEntry = {
  path: paths.audit,
  link: { label: 'Audit log', letter: 'l', icon: IconListSearch },
  capability: 'audit',
  load: () => import('./audit-page.tsx').then((module) => module.AuditPage),
  finds: () => import('./finds.ts').then((module) => module.auditFinds),
}
