import { IconFileInvoice } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const invoicesEntry: PageEntry = {
  path: paths.invoices,
  link: { label: 'Invoices', letter: 'i', icon: IconFileInvoice },
  capability: 'invoices',
  load: () => import('./invoices-page.tsx').then((module) => module.InvoicesPage),
  finds: () => import('./finds.ts').then((module) => module.invoiceFinds),
}
