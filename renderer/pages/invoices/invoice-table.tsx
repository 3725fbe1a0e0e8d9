import { Button } from '@mantine/core'
import type { Invoice } from '../../../shared/contract/console/invoices.ts'
import { format } from '../../base/format/format.ts'
import table from '../../components/table/table.module.css'
import { DownloadPdf } from './download-pdf.tsx'
import { InvoiceStatus } from './invoice-status.tsx'
import classes from './invoices.module.css'
import { ShortLabel } from './short-label.tsx'
import { invoicesTexts } from './texts.ts'

const { columns } = invoicesTexts

/** The columns of the seed. (seed: analytics, "Invoice History") */
export function InvoiceTable({
  workspaceId,
  invoices,
  onOpen,
  onClear,
}: {
  workspaceId: string
  invoices: readonly Invoice[]
  onOpen: (id: string) => void
  onClear: () => void
}) {
  if (invoices.length === 0) {
    return (
      <p className={table.empty}>
        {invoicesTexts.noneFound}{' '}
        <Button size="compact-xs" variant="subtle" onClick={onClear}>
          {invoicesTexts.clear}
        </Button>
      </p>
    )
  }
  return (
    <div className={table.wrap}>
      <table className={table.table} aria-label={invoicesTexts.title}>
        <thead>
          <tr>
            <th scope="col">{columns.number}</th>
            <th scope="col">{columns.period}</th>
            <th scope="col" data-align="right">
              {columns.amount}
            </th>
            <th scope="col">{columns.status}</th>
            <th scope="col">{columns.due}</th>
            <th scope="col" data-align="right">
              {columns.actions}
            </th>
          </tr>
        </thead>
        <tbody>
          {invoices.map((invoice) => (
            <tr key={invoice.id}>
              <td>
                <span className={`${table.strong} ${table.nowrap}`}>{invoice.number}</span>{' '}
                {invoice.kept && <span className={table.badge}>{invoicesTexts.kept}</span>}
              </td>
              <td className={table.nowrap} title={format.utcRange(invoice.periodStart, invoice.periodEnd)}>
                {format.utcMonth(invoice.periodStart)}
              </td>
              <td data-align="right" className={table.nowrap}>
                {format.money(invoice.amountCents, invoice.currency)}
                {invoice.chargedCents !== invoice.amountCents && (
                  <span className={classes.terms}>{invoicesTexts.chargedAmount(format.money(invoice.chargedCents, invoice.currency))}</span>
                )}
              </td>
              <td>
                <InvoiceStatus status={invoice.status} />
              </td>
              <td className={table.nowrap}>{format.utcDate(invoice.dueAt)}</td>
              <td data-align="right">
                <span className={classes.rowActions}>
                  <DownloadPdf workspaceId={workspaceId} invoice={invoice} compact />
                  <Button size="compact-xs" variant="default" aria-label={invoicesTexts.detailsOf(invoice.number)} onClick={() => onOpen(invoice.id)}>
                    <ShortLabel full={invoicesTexts.details} short={invoicesTexts.detailsShort} />
                  </Button>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
