import { download } from '../../components/file/download.ts'
import { ExportMenu } from '../../components/file/export-menu.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { notifyDone } from '../../components/notice/notify.ts'
import { sharedTexts } from '../../base/texts/shared.ts'
import { useWrite } from '../../state/reads.ts'
import { invoicesTexts } from './texts.ts'

const words = invoicesTexts.export
const choices = [
  { format: 'csv-for-spreadsheets', label: sharedTexts.exported.forSpreadsheets, note: words.sheetNote },
  { format: 'csv-for-programs', label: sharedTexts.exported.forPrograms, note: words.programsNote },
] as const

/** Those that the filter shows, one line each. From the cache, so it works without a network too. */
export function InvoiceExport({ workspaceId, ids }: { workspaceId: string; ids: readonly string[] }) {
  const run = useWrite('invoices.export')
  return (
    <>
      <ExportMenu
        choices={choices}
        isRunning={run.isPending}
        isDisabled={ids.length === 0}
        onChoose={(format) =>
          run.mutate(
            { workspaceId, ids: [...ids], format, language: navigator.language },
            {
              onSuccess: ({ fileName, mimeType, text }) => {
                download(fileName, text, mimeType)
                notifyDone(words.done(fileName, ids.length))
              },
            },
          )
        }
      />
      <ErrorNotice error={run.error} />
    </>
  )
}
