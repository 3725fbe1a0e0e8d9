import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InvoiceFiles } from '../../../main/engine/billing/invoices/invoice-files.ts'
import { Invoices } from '../../../main/engine/billing/invoices/invoices.ts'
import { zipOf } from '../../../main/engine/billing/invoices/zip.ts'
import type { Answer } from '../../../main/engine/sync/client/answer.ts'
import type { Documents } from '../../../main/engine/sync/documents/documents.ts'
import type { InvoiceDocument } from '../../../shared/contract/platform/invoices.ts'

const workspace = '0190c2a0-0000-7000-8000-000000000001'
const pdf = (words: string): Buffer => Buffer.from(`%PDF-1.3\n${words}`)

function invoice(changes: Partial<InvoiceDocument> = {}): InvoiceDocument {
  return {
    id: 'inv-1',
    number: 'ACME-0001',
    period: { start: '2026-10-09T00:00:00.000Z', end: '2026-11-09T00:00:00.000Z' },
    amount_cents: 2900,
    currency: 'usd',
    status: 'Pending',
    issued_at: '2026-10-09T00:00:00.000Z',
    due_at: '2026-10-09T00:00:00.000Z',
    description: 'Pro',
    ...changes,
  }
}

let folder: string
let files: InvoiceFiles
let known: InvoiceDocument[]
let answer: Answer<Buffer>
let asked: number
let invoices: Invoices

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-invoices-'))
  files = new InvoiceFiles(folder)
  known = [invoice()]
  answer = { kind: 'ok', status: 200, value: pdf('first') }
  asked = 0
  const documents: Pick<Documents, 'read' | 'list'> = {
    read: ((_: string, __: string, id: string) => known.find((each) => each.id === id) ?? null) as Documents['read'],
    list: (() => known) as Documents['list'],
  }
  invoices = new Invoices({
    documents,
    client: {
      fetchFile: async () => {
        asked += 1
        return answer
      },
    },
    files,
  })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const offline: Answer<Buffer> = { kind: 'unreachable', reason: 'network', message: 'The platform refuses connections.' }
const textOf = async (id = 'inv-1'): Promise<string> => Buffer.from((await invoices.pdf(workspace, id)).base64, 'base64').toString()

describe('the PDF of an invoice', () => {
  test('is fetched once, then opens without a network', async () => {
    expect((await invoices.list(workspace)).invoices[0]?.kept).toBe(false)
    expect(await textOf()).toContain('first')
    answer = offline
    expect(await textOf()).toContain('first')
    expect(asked).toBe(1)
    expect(await invoices.list(workspace)).toMatchObject({ invoices: [{ kept: true }], keptBytes: pdf('first').length })
  })

  test('is fetched anew when the invoice says something else, and the old file goes; offline the old one is better than nothing', async () => {
    await textOf()
    known = [invoice({ status: 'Paid' })]
    answer = offline
    expect(await textOf()).toContain('first')
    answer = { kind: 'ok', status: 200, value: pdf('second') }
    expect(await textOf()).toContain('second')
    expect(readdirSync(join(folder, 'invoices', workspace))).toHaveLength(1)
  })

  test('offline without a file is said in words', async () => {
    answer = offline
    await expect(textOf()).rejects.toMatchObject({ code: 'offline' })
    await expect(invoices.pdf(workspace, 'unknown')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('something that is no PDF is not kept: a proxy’s page, a damaged file', async () => {
    answer = { kind: 'ok', status: 200, value: Buffer.from('<html>sign in</html>') }
    await expect(textOf()).rejects.toMatchObject({ code: 'bad_file' })
    answer = { kind: 'ok', status: 200, value: pdf('good') }
    await textOf()
    const [name] = readdirSync(join(folder, 'invoices', workspace))
    writeFileSync(join(folder, 'invoices', workspace, name ?? ''), 'rubbish')
    expect(await textOf()).toContain('good')
  })

  test('an id or number of the platform names no file elsewhere', async () => {
    known = [invoice({ id: '../../../escape', number: '../../etc/passwd' })]
    const file = await invoices.pdf(workspace, '../../../escape')
    expect(file.fileName).toBe('-..-etc-passwd.pdf')
    expect(readdirSync(folder)).toEqual(['invoices'])
    expect(readdirSync(join(folder, 'invoices'))).toEqual([workspace])
  })

  test('all of a workspace can be removed', async () => {
    await textOf()
    await invoices.forget(workspace)
    expect(await invoices.list(workspace)).toMatchObject({ invoices: [{ kept: false }], keptBytes: 0 })
  })
})

describe('many at once', () => {
  test('come as one ZIP that other programs read; what is not kept is named', async (context) => {
    known = [invoice(), invoice({ id: 'inv-2', number: 'ACME-0002' }), invoice({ id: 'inv-3', number: 'ACME-0003' })]
    await textOf('inv-1')
    await textOf('inv-2')
    const file = await invoices.archive(workspace, ['inv-1', 'inv-2', 'inv-3'])
    expect(file).toMatchObject({ fileName: 'invoices.zip', mimeType: 'application/zip', missing: ['inv-3'] })
    context.skip(spawnSync('python3', ['--version']).status !== 0, 'no python3 here to read the archive with')
    const path = join(folder, 'all.zip')
    writeFileSync(path, Buffer.from(file.base64, 'base64'))
    const script = 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print([(n, z.read(n).decode()) for n in z.namelist()])'
    expect(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' })).toContain(
      "[('ACME-0001.pdf', '%PDF-1.3\\nfirst'), ('ACME-0002.pdf', '%PDF-1.3\\nfirst')]",
    )
  })

  test('with none of them here, it says so', async () => {
    await expect(invoices.archive(workspace, ['inv-1'])).rejects.toMatchObject({ code: 'nothing_kept' })
  })

  test('an archive of nothing is still one', () => {
    expect(zipOf([]).subarray(0, 4).toString('latin1')).toBe('PK\u0005\u0006')
  })
})
