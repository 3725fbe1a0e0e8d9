import { readFile } from 'node:fs/promises'
import type { Download } from '@playwright/test'
import { extractText, getDocumentProxy } from 'unpdf'

/** As a program that we did not write reads it. */
export async function pdfText(download: Download): Promise<string> {
  return (await extractText(await getDocumentProxy(new Uint8Array(await readFile(await download.path()))), { mergePages: true })).text
}
