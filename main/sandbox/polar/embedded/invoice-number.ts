import type { PolarUnit } from './store/polar-store.ts'

/** The series of a customer who has no invoice yet. */
const FIRST_SERIES = 'SANDBOX'

/** The next number of the series in which a customer's invoices are numbered: "SANDBOX-0001". */
export async function nextInvoiceNumber(unit: PolarUnit, customerId: string): Promise<string> {
  const last = await unit.tx
    .selectFrom('orders')
    .select('invoice_number')
    .where('customer_id', '=', customerId)
    .orderBy('created_at', 'desc')
    .orderBy('invoice_number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return await numberInSeries(unit, last?.invoice_number.replace(/-\d+$/, '') ?? FIRST_SERIES)
}

/** A series of its own for a customer with a past, from the name: "ACME-0001". */
export function seriesOf(name: string): string {
  return /[A-Za-z]{2,}/.exec(name)?.[0].toUpperCase() ?? FIRST_SERIES
}

export async function numberInSeries({ tx }: PolarUnit, series: string): Promise<string> {
  const { count } = await tx
    .selectFrom('orders')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('invoice_number', 'like', `${series}-%`)
    .executeTakeFirstOrThrow()
  return `${series}-${String(count + 1).padStart(4, '0')}`
}
