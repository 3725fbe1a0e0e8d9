import { Skeleton } from '@mantine/core'
import { IconExternalLink, IconFileInvoice } from '@tabler/icons-react'
import { useLocation, useSearch } from 'wouter'
import type { Invoice } from '../../../shared/contract/console/invoices.ts'
import { paths } from '../../../shared/contract/console/pages.ts'
import { detailPart, useAddressPart } from '../../base/address/address-part.ts'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { PortalButton } from '../../components/order/portal-button.tsx'
import { AsOf } from '../../components/page/as-of.tsx'
import { Page, Section } from '../../components/page/page.tsx'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useRead } from '../../state/reads.ts'
import { BulkDownload } from './bulk-download.tsx'
import { InvoiceDrawer } from './invoice-drawer.tsx'
import { InvoiceExport } from './invoice-export.tsx'
import { filterFromSearch, fits, type InvoiceFilter, searchFromFilter } from './invoice-filter.ts'
import { InvoiceFilters } from './invoice-filters.tsx'
import { InvoiceTable } from './invoice-table.tsx'
import { KeptFiles } from './kept-files.tsx'
import { PaymentMethods } from './payment-methods.tsx'
import { invoicesTexts } from './texts.ts'

export function InvoicesPage() {
  const workspace = useWorkspace()
  const filter = filterFromSearch(useSearch())
  const [, navigate] = useLocation()
  const { value: opened, open, close } = useAddressPart(detailPart)
  const { data, error, isPending, refetch } = useRead('invoices.list', { workspaceId: workspace.id })
  const show = (next: InvoiceFilter): void => {
    const search = searchFromFilter(next)
    navigate(search === '' ? paths.invoices : `${paths.invoices}?${search}`, { replace: true })
  }
  const invoices: Invoice[] = data?.invoices ?? []
  const shown = invoices.filter((invoice) => fits(filter, invoice))
  const has = (capability: string): boolean => workspace.capabilities.includes(capability)
  return (
    <Page
      title={invoicesTexts.title}
      lead={<AsOf>{invoicesTexts.lead}</AsOf>}
      actions={has('portal') && <PortalButton workspaceId={workspace.id} icon={<IconExternalLink size={14} />} />}
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {isPending && <Skeleton height={320} className="tm-skeleton" />}
      {data && invoices.length === 0 && (
        <Empty icon={IconFileInvoice} title={invoicesTexts.emptyTitle}>
          {invoicesTexts.empty}
        </Empty>
      )}
      {invoices.length > 0 && (
        <Section
          title={invoicesTexts.shown(shown.length, invoices.length)}
          note={<KeptFiles workspaceId={workspace.id} count={invoices.filter(({ kept }) => kept).length} sizeBytes={data?.keptBytes ?? 0} />}
          actions={
            <>
              <InvoiceExport workspaceId={workspace.id} ids={shown.map(({ id }) => id)} />
              <BulkDownload workspaceId={workspace.id} invoices={shown} />
            </>
          }
          flush
        >
          <InvoiceFilters invoices={invoices} filter={filter} onChange={show} />
          <InvoiceTable workspaceId={workspace.id} invoices={shown} onOpen={open} onClear={() => show({ status: null, year: null, words: '' })} />
        </Section>
      )}
      {has('payment_methods') && <PaymentMethods workspaceId={workspace.id} />}
      <InvoiceDrawer
        workspaceId={workspace.id}
        opened={opened !== null && data !== undefined}
        invoice={invoices.find(({ id }) => id === opened) ?? null}
        onClose={close}
      />
    </Page>
  )
}
