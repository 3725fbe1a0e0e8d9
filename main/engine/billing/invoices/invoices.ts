import type { ConsoleEvent } from '../../../../shared/contract/console.ts'
import type { Invoice } from '../../../../shared/contract/console/invoices.ts'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'
import { ConsoleFailure } from '../../base/failure.ts'
import type { Documents } from '../../sync/documents/documents.ts'
import type { HttpPlatformClient } from '../../sync/client/http-platform-client.ts'
import { failureOf } from '../../sync/client/refusal.ts'
import { type InvoiceFiles, isPdf } from './invoice-files.ts'
import { zipOf } from './zip.ts'

export type InvoicesOptions = { documents: Pick<Documents, 'read' | 'list'>; client: Pick<HttpPlatformClient, 'fetchFile'>; files: InvoiceFiles }

type BridgeFile = { fileName: string; mimeType: string; base64: string }

/** The invoices of a workspace, from the cache, and their files, which stay here once they were fetched. */
export class Invoices {
  readonly #options: InvoicesOptions

  constructor(options: InvoicesOptions) {
    this.#options = options
  }

  /** Newest first. */
  async list(workspaceId: string): Promise<{ invoices: Invoice[]; keptBytes: number }> {
    const { documents, files } = this.#options
    const known = documents.list(workspaceId, 'invoice').toSorted((one, other) => Date.parse(other.issued_at) - Date.parse(one.issued_at))
    return { invoices: known.map((document) => onBridge(document, files.isKept(workspaceId, document))), keptBytes: await files.sizeBytes(workspaceId) }
  }

  /** @throws ConsoleFailure `offline` and the platform's refusals, where no file is kept. */
  async pdf(workspaceId: string, id: string): Promise<BridgeFile> {
    const document = this.#find(workspaceId, id)
    const { files } = this.#options
    const kept = await files.read(workspaceId, document)
    if (kept?.current) return bridgeFile(document, kept.bytes)
    const fetched = await this.#options.client.fetchFile(workspaceId, 'readInvoicePdf', { params: { id } })
    if (fetched.kind !== 'ok') {
      // What an older state of the invoice said is better than nothing on a plane.
      if (kept !== null) return bridgeFile(document, kept.bytes)
      throw failureOf(fetched)
    }
    if (!isPdf(fetched.value))
      throw new ConsoleFailure('bad_file', 'The platform sent something that is not a PDF.', 'Try again later, or open the invoice in the portal.')
    await files.keep(workspaceId, document, fetched.value)
    return bridgeFile(document, fetched.value)
  }

  /** One ZIP of those that are kept. @throws ConsoleFailure `nothing_kept` where none is. */
  async archive(workspaceId: string, ids: readonly string[]): Promise<BridgeFile & { missing: string[] }> {
    const missing: string[] = []
    const entries: Parameters<typeof zipOf>[0][number][] = []
    for (const id of ids) {
      const document = this.#find(workspaceId, id)
      const kept = await this.#options.files.read(workspaceId, document)
      if (kept === null) missing.push(id)
      else entries.push({ name: fileNameOf(document), bytes: kept.bytes, atMs: Date.parse(document.issued_at) })
    }
    if (entries.length === 0) throw new ConsoleFailure('nothing_kept', 'None of these invoices is on this computer yet.', 'Connect, and download them again.')
    return { fileName: 'invoices.zip', mimeType: 'application/zip', base64: zipOf(entries).toString('base64'), missing }
  }

  async forget(workspaceId: string): Promise<void> {
    await this.#options.files.forget(workspaceId)
  }

  /** A member who may see no invoices gets none from the platform: the files that one before opened here go with the last of them. */
  async watch(event: ConsoleEvent): Promise<void> {
    if (event.event !== 'cache.changed' || !event.payload.topics.includes('invoice')) return
    const { workspaceId } = event.payload
    if (this.#options.documents.list(workspaceId, 'invoice').length === 0) await this.forget(workspaceId)
  }

  #find(workspaceId: string, id: string): InvoiceDocument {
    const document = this.#options.documents.read(workspaceId, 'invoice', id)
    if (document === null) throw new ConsoleFailure('not_found', 'This invoice is not known here.', 'Look at the list again.')
    return document
  }
}

function bridgeFile(document: InvoiceDocument, bytes: Buffer): BridgeFile {
  return { fileName: fileNameOf(document), mimeType: 'application/pdf', base64: bytes.toString('base64') }
}

/** Numbers come from a platform: nothing in them may be a folder or a drive. */
function fileNameOf({ number }: InvoiceDocument): string {
  return `${number.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^\.+/, '') || 'invoice'}.pdf`
}

function onBridge(document: InvoiceDocument, kept: boolean): Invoice {
  return {
    id: document.id,
    number: document.number,
    periodStart: Date.parse(document.period.start),
    periodEnd: Date.parse(document.period.end),
    amountCents: document.amount_cents,
    subtotalCents: document.subtotal_cents ?? document.amount_cents,
    taxCents: document.tax_cents ?? 0,
    balanceCents: document.balance_cents ?? 0,
    chargedCents: document.due_cents ?? document.amount_cents,
    currency: document.currency,
    status: document.status,
    issuedAt: Date.parse(document.issued_at),
    dueAt: Date.parse(document.due_at),
    description: document.description,
    paymentMethod: document.payment_method ?? null,
    lines: (document.lines ?? []).map((line) => ({
      description: line.description,
      kind: line.kind,
      quantity: line.quantity ?? null,
      unitPriceCents: line.unit_price_cents ?? null,
      per: line.per ?? null,
      terms: line.terms ?? null,
      amountCents: line.amount_cents,
      taxCents: line.tax_cents,
    })),
    kept,
  }
}
