import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportUsage } from './import-file.ts'
import { progressBar, reportLines } from './report-lines.ts'

/** Loads a file and says how it goes: a bar that fills on a terminal, a line for every tenth of it elsewhere, and the report. */
export async function printImport(importUsage: ImportUsage, { path, into, dataDir }: { path: string; into: string; dataDir: string }): Promise<void> {
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
    console.error(`${path} was not imported: ${error instanceof Error ? error.message : 'it could not be read'}`)
    process.exitCode = 1
  }
}
