import { ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useRead } from '../../state/reads.ts'
import { invoicesTexts } from './texts.ts'

const words = invoicesTexts.methods

/** The ways to pay that the catalog knows, and why some cannot be used here. (seed: analytics, "Payment Methods") */
export function PaymentMethods({ workspaceId }: { workspaceId: string }) {
  const { data, error, refetch } = useRead('invoices.paymentMethods', { workspaceId })
  if (data?.length === 0) return null
  return (
    <Section title={words.title} note={words.note} flush>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      <div className={table.wrap}>
        <table className={table.table} aria-label={words.title}>
          <thead>
            <tr>
              <th scope="col">{words.columns.name}</th>
              <th scope="col">{words.columns.description}</th>
              <th scope="col">{words.columns.due}</th>
              <th scope="col">{words.columns.state}</th>
            </tr>
          </thead>
          <tbody>
            {data?.map((method) => (
              <tr key={method.id}>
                <td className={table.strong}>{method.name}</td>
                <td>{method.description}</td>
                <td className={table.nowrap}>{method.dueDays === 0 ? words.atOnce : words.after(method.dueDays)}</td>
                <td>
                  {method.current ? (
                    <>
                      <span className={table.badge} data-tone="accent">
                        {words.current}
                      </span>{' '}
                      {method.detail}
                    </>
                  ) : method.eligible ? (
                    words.available
                  ) : (
                    <span className={table.dim}>{method.reason}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
