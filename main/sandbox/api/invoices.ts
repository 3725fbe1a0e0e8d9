import { createRoute, z } from '@hono/zod-openapi'
import { invoiceDocument, invoicesResponse, paymentMethodsDocument } from '../../../shared/contract/platform/invoices.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { accountFor } from '../permissions/permission.ts'
import { idParam, jsonAnswer, refusals, security } from '../http/route.ts'
import { invoiceDocumentOf, type InvoiceRow } from '../invoices/invoice-document.ts'
import { buyerOf, sellerOf } from '../invoices/parties.ts'
import { readPaymentMethods } from '../invoices/payment-methods.ts'
import { invoicePdf } from '../invoices/pdf.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { Platform } from '../platform.ts'
import type { Unit } from '../store/store.ts'

const listInvoices = createRoute({
  method: 'get',
  path: '/api/billing/invoices',
  summary: 'The invoices, newest first',
  security,
  responses: { 200: jsonAnswer(invoicesResponse, 'Every invoice that is not a draft'), ...refusals },
})
const readInvoice = createRoute({
  method: 'get',
  path: '/api/billing/invoices/{id}',
  summary: 'One invoice with its lines',
  security,
  request: { params: idParam },
  responses: { 200: jsonAnswer(invoiceDocument, 'The invoice'), ...refusals },
})
const readPdf = createRoute({
  method: 'get',
  path: '/api/billing/invoices/{id}/pdf',
  summary: 'One invoice as a PDF',
  security,
  request: { params: idParam },
  responses: {
    200: { description: 'The file', content: { 'application/pdf': { schema: z.string().openapi({ format: 'binary' }) } } },
    ...refusals,
  },
})
const listMethods = createRoute({
  method: 'get',
  path: '/api/billing/payment-methods',
  summary: 'The ways to pay, which of them this account may use, and which one it uses',
  security,
  responses: { 200: jsonAnswer(paymentMethodsDocument, 'Changed in the customer portal'), ...refusals },
})

export function invoiceRoutes(platform: Platform): Routes {
  const inAccount = <T>(signedIn: SignedIn, action: string, work: (unit: Unit, account: Account) => Promise<T>): Promise<T> =>
    platform.store.write(async (unit) => work(unit, await accountFor(unit, signedIn, action)))

  return makeRoutes()
    .openapi(listInvoices, async (context) => {
      const invoices = await inAccount(context.get('signedIn'), 'view_invoices', async (unit, { workspace, catalog }) => {
        const rows = await unit.tx
          .selectFrom('invoices')
          .selectAll()
          .where('workspace_id', '=', workspace.id)
          .orderBy('issued_at', 'desc')
          .orderBy('id')
          .execute()
        return rows.map((row) => invoiceDocumentOf(row, catalog, unit.now))
      })
      return context.json({ invoices }, 200)
    })
    .openapi(readInvoice, async (context) => {
      const { id } = context.req.valid('param')
      const invoice = await inAccount(context.get('signedIn'), 'view_invoices', async (unit, account) =>
        invoiceDocumentOf(await findInvoice(unit, account, id), account.catalog, unit.now),
      )
      return context.json(invoice, 200)
    })
    .openapi(readPdf, async (context) => {
      const { id } = context.req.valid('param')
      const { invoice, parties } = await inAccount(context.get('signedIn'), 'view_invoices', async (unit, account) => ({
        invoice: invoiceDocumentOf(await findInvoice(unit, account, id), account.catalog, unit.now),
        parties: { seller: sellerOf(account), buyer: await buyerOf(unit, account), note: platform.moneyNote },
      }))
      const pdf = await invoicePdf(invoice, parties)
      return context.body(new Uint8Array(pdf), 200, {
        'Content-Type': 'application/pdf',
        'Content-Disposition': `attachment; filename="${invoice.number.replaceAll(/[^A-Za-z0-9._-]/g, '-')}.pdf"`,
      })
    })
    .openapi(listMethods, async (context) => {
      const methods = await inAccount(context.get('signedIn'), 'view_invoices', readPaymentMethods)
      return context.json(methods, 200)
    })
}

async function findInvoice(unit: Unit, { workspace }: Account, id: string): Promise<InvoiceRow> {
  const row = await unit.tx.selectFrom('invoices').selectAll().where('workspace_id', '=', workspace.id).where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw notFound('invoice with this id', 'List the invoices with GET /api/billing/invoices.')
  return row
}
