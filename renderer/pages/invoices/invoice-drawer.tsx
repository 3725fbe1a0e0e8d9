import { Drawer, Stack } from '@mantine/core'
import type { Invoice } from '../../../shared/contract/console/invoices.ts'
import { format } from '../../base/format/format.ts'
import { texts } from '../../base/texts/texts.ts'
import { Notice } from '../../components/notice/notice.tsx'
import table from '../../components/table/table.module.css'
import { useRecentDetail } from '../../state/recent-detail.ts'
import { DownloadPdf } from './download-pdf.tsx'
import { InvoiceStatus } from './invoice-status.tsx'
import classes from './invoices.module.css'
import { invoicesTexts } from './texts.ts'

const words = invoicesTexts.drawer

/** `invoice` null: the address names one that is not here. */
type Props = { workspaceId: string; opened: boolean; invoice: Invoice | null; onClose: () => void }

/** Everything that an invoice says, from this computer. */
export function InvoiceDrawer({ workspaceId, opened, invoice, onClose }: Props) {
  useRecentDetail(workspaceId, opened && invoice !== null ? words.title(invoice.number) : null)
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={480}
      title={invoice !== null ? words.title(invoice.number) : opened ? words.untitled : ''}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      {invoice ? <Details workspaceId={workspaceId} invoice={invoice} /> : opened && <Notice tone="info">{words.unknown}</Notice>}
    </Drawer>
  )
}

function Details({ workspaceId, invoice }: { workspaceId: string; invoice: Invoice }) {
  const money = (amountCents: number): string => format.money(amountCents, invoice.currency)
  return (
    <Stack gap="lg">
      <p className={classes.dim}>{invoice.description}</p>
      <dl className={classes.facts}>
        <dt>{words.status}</dt>
        <dd>
          <InvoiceStatus status={invoice.status} />
        </dd>
        <dt>{words.period}</dt>
        <dd>{format.utcRange(invoice.periodStart, invoice.periodEnd)}</dd>
        <dt>{words.issued}</dt>
        <dd>{format.utcDate(invoice.issuedAt)}</dd>
        <dt>{words.due}</dt>
        <dd>{format.utcDate(invoice.dueAt)}</dd>
        {invoice.paymentMethod !== null && (
          <>
            <dt>{words.method}</dt>
            <dd>{invoice.paymentMethod}</dd>
          </>
        )}
      </dl>
      <table className={`${table.table} ${classes.lines}`} aria-label={words.lines}>
        <thead>
          <tr>
            <th scope="col">{words.line}</th>
            <th scope="col" data-align="right">
              {words.amount}
            </th>
          </tr>
        </thead>
        <tbody>
          {invoice.lines.map((line, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of an invoice have no ids and never move
            <tr key={place}>
              <td>
                {line.description}
                {line.quantity !== null && line.unitPriceCents !== null && (
                  <span className={classes.terms}>{line.terms ?? words.terms(line.quantity, money(line.unitPriceCents), line.per ?? 1)}</span>
                )}
              </td>
              <td data-align="right" className={table.nowrap}>
                {money(line.amountCents)}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>{words.subtotal}</td>
            <td data-align="right">{money(invoice.subtotalCents)}</td>
          </tr>
          <tr>
            <td>{words.tax}</td>
            <td data-align="right">{money(invoice.taxCents)}</td>
          </tr>
          <tr className={classes.total}>
            <th scope="row">{words.total}</th>
            <td data-align="right">{money(invoice.amountCents)}</td>
          </tr>
          {invoice.balanceCents !== 0 && (
            <>
              <tr>
                <td>{invoice.balanceCents < 0 ? words.fromBalance : words.toBalance}</td>
                <td data-align="right">{money(invoice.balanceCents)}</td>
              </tr>
              <tr className={classes.total}>
                <th scope="row">{words.charged}</th>
                <td data-align="right">{money(invoice.chargedCents)}</td>
              </tr>
            </>
          )}
        </tfoot>
      </table>
      <div>
        <DownloadPdf workspaceId={workspaceId} invoice={invoice} />
      </div>
    </Stack>
  )
}
