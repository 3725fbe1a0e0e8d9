import { sheetLocaleOf } from '../billing/csv.ts'
import { findInvoices } from '../billing/invoices/find-invoices.ts'
import { invoiceCsvForPrograms, invoiceCsvForSpreadsheets } from '../billing/invoices/invoice-csv.ts'
import type { Invoices } from '../billing/invoices/invoices.ts'
import { requireMay } from '../billing/permissions.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { fileWords } from '../sync/accounts/workspace-names.ts'
import type { Documents } from '../sync/documents/documents.ts'

export type InvoiceCallParts = {
  view: WorkspaceViewOf
  invoices: Pick<Invoices, 'list' | 'pdf' | 'archive' | 'forget'>
  documents: Pick<Documents, 'read' | 'list'>
}

export function invoiceCalls({ view, invoices, documents }: InvoiceCallParts): HandlersOf<'invoices'> {
  const known = (workspaceId: string): string => {
    const workspace = view(workspaceId)
    requireMay(workspace, 'view_invoices')
    return workspace.record.id
  }
  return {
    'invoices.list': ({ workspaceId }) => invoices.list(known(workspaceId)),
    'invoices.find': ({ workspaceId, words, language, limit }) =>
      findInvoices(documents.list(known(workspaceId), 'invoice'), { words, language, limit }).map((document) => ({
        id: document.id,
        number: document.number,
        periodStart: Date.parse(document.period.start),
        amountCents: document.amount_cents,
        currency: document.currency,
        status: document.status,
      })),
    'invoices.pdf': ({ workspaceId, id }) => invoices.pdf(known(workspaceId), id),
    'invoices.archive': ({ workspaceId, ids }) => invoices.archive(known(workspaceId), ids),
    'invoices.export': async ({ workspaceId, ids, format, language = 'en' }) => {
      const { invoices: all } = await invoices.list(known(workspaceId))
      const wanted = new Set(ids)
      const chosen = all.filter(({ id }) => wanted.has(id))
      const name = `invoices-${fileWords(view(workspaceId).record.name)}`
      return format === 'csv-for-programs'
        ? { fileName: `${name}.csv`, mimeType: 'text/csv', text: invoiceCsvForPrograms(chosen) }
        : { fileName: `${name}-spreadsheet.csv`, mimeType: 'text/csv', text: invoiceCsvForSpreadsheets(chosen, sheetLocaleOf(language)) }
    },
    'invoices.forgetFiles': async ({ workspaceId }) => {
      await invoices.forget(known(workspaceId))
      return {}
    },
    'invoices.paymentMethods': ({ workspaceId }) =>
      (documents.read(known(workspaceId), 'payment_methods')?.methods ?? []).map((method) => ({
        id: method.id,
        name: method.name,
        description: method.description,
        eligible: method.eligible,
        reason: method.reason ?? null,
        dueDays: method.due_days,
        current: method.current,
        detail: method.detail ?? null,
      })),
  }
}
