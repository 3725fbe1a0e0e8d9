import type { CallOutput } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { tenantsTexts } from './texts.ts'

const words = tenantsTexts
const tones: Readonly<Record<string, string>> = { Paid: 'green', Pending: 'amber', Overdue: 'red' }

/** What was invoiced to one tenant, for whoever may see the invoices of all. (seed: analytics, "View invoices: All") */
export function TenantInvoices({ name, invoices }: { name: string; invoices: CallOutput<'tenants.read'>['invoices'] }) {
  const { invoiceColumns: columns } = words
  const title = words.invoices(name)
  return (
    <Section title={title} flush>
      {invoices === null || invoices.length === 0 ? (
        <p className={table.empty}>{invoices === null ? words.invoicesHidden : words.noInvoices}</p>
      ) : (
        <div className={table.wrap}>
          <table className={table.table} aria-label={title}>
            <thead>
              <tr>
                <th scope="col">{columns.number}</th>
                <th scope="col">{columns.period}</th>
                <th scope="col" data-align="right">
                  {columns.amount}
                </th>
                <th scope="col">{columns.status}</th>
                <th scope="col">{columns.due}</th>
              </tr>
            </thead>
            <tbody>
              {invoices.map(({ id, number, periodStart, amountCents, currency, status, dueAt }) => (
                <tr key={id}>
                  <td className={table.nowrap}>{number}</td>
                  <td className={table.nowrap}>{format.utcMonth(periodStart)}</td>
                  <td data-align="right" className={table.nowrap}>
                    {format.money(amountCents, currency)}
                  </td>
                  <td>
                    <span className={table.badge} data-tone={tones[status]}>
                      {status.replaceAll('_', ' ')}
                    </span>
                  </td>
                  <td className={table.nowrap}>{format.utcDate(dueAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}
