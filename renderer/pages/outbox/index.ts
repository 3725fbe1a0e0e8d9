import { IconInbox } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'
import { OutboxCount } from './outbox-count.tsx'

export const outboxEntry: PageEntry = {
  path: paths.outbox,
  link: { label: 'Outbox', letter: 'x', icon: IconInbox, badge: OutboxCount },
  load: () => import('./outbox-page.tsx').then((module) => module.OutboxPage),
  finds: () => import('./finds.ts').then((module) => module.outboxFinds),
}
