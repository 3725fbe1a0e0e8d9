import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'

const PDF_MAGIC = '%PDF-'

/**
 * The PDFs of invoices that were opened once, in a folder of their own for each workspace. A file is named after the invoice's id and
 * what the invoice said when it was fetched, so one that has changed since (paid, late use) is seen to be old.
 */
export class InvoiceFiles {
  readonly #folder: string

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'invoices')
  }

  /** Whether the file that says what the invoice says now is here. */
  isKept(workspaceId: string, invoice: InvoiceDocument): boolean {
    return existsSync(join(this.#folderOf(workspaceId), nameOf(invoice)))
  }

  /** The kept file and whether it says what the invoice says now; null: none is here, or it is damaged. */
  async read(workspaceId: string, invoice: InvoiceDocument): Promise<{ bytes: Buffer; current: boolean } | null> {
    const names = (await this.#names(workspaceId)).filter((name) => name.startsWith(prefixOf(invoice)))
    const current = names.includes(nameOf(invoice))
    const name = current ? nameOf(invoice) : names[0]
    if (name === undefined) return null
    const bytes = await readFile(join(this.#folderOf(workspaceId), name)).catch(() => null)
    return bytes === null || !isPdf(bytes) ? null : { bytes, current }
  }

  /** Keeps a file in the place of older ones of the same invoice. It is whole or not there at all. */
  async keep(workspaceId: string, invoice: InvoiceDocument, bytes: Buffer): Promise<void> {
    const folder = this.#folderOf(workspaceId)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, nameOf(invoice))
    const file = await open(`${path}.part`, 'w', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${path}.part`, path)
    for (const name of await this.#names(workspaceId)) {
      if (name.startsWith(prefixOf(invoice)) && name !== nameOf(invoice)) await rm(join(folder, name), { force: true })
    }
  }

  async sizeBytes(workspaceId: string): Promise<number> {
    const sizes = (await this.#names(workspaceId)).map((name) =>
      stat(join(this.#folderOf(workspaceId), name)).then(
        ({ size }) => size,
        () => 0,
      ),
    )
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  }

  async forget(workspaceId: string): Promise<void> {
    await rm(this.#folderOf(workspaceId), { recursive: true, force: true })
  }

  async #names(workspaceId: string): Promise<string[]> {
    return await readdir(this.#folderOf(workspaceId)).catch(() => [])
  }

  #folderOf(workspaceId: string): string {
    return join(this.#folder, workspaceId)
  }
}

export function isPdf(bytes: Buffer): boolean {
  return bytes.subarray(0, PDF_MAGIC.length).toString('latin1') === PDF_MAGIC
}

/** Ids come from a platform: hashed, so that none can name a file elsewhere. */
function prefixOf({ id }: InvoiceDocument): string {
  return `${digest(id).slice(0, 32)}.`
}

function nameOf(invoice: InvoiceDocument): string {
  return `${prefixOf(invoice)}${digest(JSON.stringify([invoice.status, invoice.amount_cents, invoice.lines ?? []])).slice(0, 16)}.pdf`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
