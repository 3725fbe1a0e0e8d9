import table from '../../components/table/table.module.css'
import { invoicesTexts } from './texts.ts'

/** The seed's words are the platform's own; its other states get words of ours, and what is unknown is shown as it is. */
export function statusText(status: string): string {
  return invoicesTexts.states[status] ?? status
}

const tones: Readonly<Record<string, string>> = { Paid: 'green', Pending: 'amber', Overdue: 'red' }

export function InvoiceStatus({ status }: { status: string }) {
  return (
    <span className={table.badge} data-tone={tones[status]}>
      {statusText(status)}
    </span>
  )
}
