import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportUsage, PreviewUsage } from './import-file.ts'
import { previewLines, progressBar, reportLines } from './report-lines.ts'

type Asked = { readonly path: string; readonly into: string }

/** Loads a file and says how it goes: a bar that fills on a terminal, a line for every tenth of it elsewhere, and the report. */
export async function printImport(importUsage: ImportUsage, { path, into, dataDir }: Asked & { readonly dataDir: string }): Promise<void> {
  let tenth = 0
  try {
    const report = await importUsage(path, into, (progress) => {
      if (process.stdout.isTTY) return void process.stdout.write(`\r${progressBar(progress)}`)
      const reached = Math.floor((progress.bytesRead / Math.max(1, progress.totalBytes)) * 10)
      if (reached > tenth) console.log(progressBar(progress))
      tenth = Math.max(tenth, reached)
    })
    if (process.stdout.isTTY) process.stdout.write('\n')
    const allIn = join(dataDir, 'import-refused.txt')
    if (report.refused.length > 0) writeFileSync(allIn, `${report.refused.map(({ line, reason }) => `line ${line}: ${reason}`).join('\n')}\n`)
    for (const line of reportLines(report, allIn)) console.log(line)
  } catch (error) {
    fail(`${path} was not imported`, error)
  }
}

/** Says what the first lines of a file are and what would become of them. */
export async function printPreview(previewUsage: PreviewUsage, { path, into }: Asked): Promise<void> {
  try {
    for (const line of previewLines(await previewUsage(path, into))) console.log(line)
  } catch (error) {
    fail(`${path} cannot be imported`, error)
  }
}

function fail(what: string, error: unknown): void {
  console.error(`${what}: ${error instanceof Error ? error.message : 'it could not be read'}`)
  process.exitCode = 1
}
