import { download } from '../../components/file/download.ts'
import { ExportMenu } from '../../components/file/export-menu.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { notifyDone } from '../../components/notice/notify.ts'
import { sharedTexts } from '../../base/texts/shared.ts'
import { useWrite } from '../../state/reads.ts'
import { costsTexts } from './texts.ts'

const words = costsTexts.export
const choices = [
  { format: 'csv-for-spreadsheets', label: sharedTexts.exported.forSpreadsheets, note: words.sheetNote },
  { format: 'csv-for-programs', label: sharedTexts.exported.forPrograms, note: words.csvNote },
  { format: 'json', label: words.json, note: words.jsonNote },
  { format: 'focus-1.2', label: words.focus('1.2'), note: words.focusNote },
  { format: 'focus-1.3', label: words.focus('1.3'), note: words.focusNote },
] as const

/** From the cache, so it works without a network too. */
export function CostExport({ workspaceId, period }: { workspaceId: string; period: string }) {
  const run = useWrite('costs.export')
  return (
    <>
      <ExportMenu
        choices={choices}
        isRunning={run.isPending}
        onChoose={(format) =>
          run.mutate(
            { workspaceId, period, format, language: navigator.language },
            {
              onSuccess: ({ fileName, text, mimeType }) => {
                download(fileName, text, mimeType)
                notifyDone(words.done(fileName))
              },
            },
          )
        }
      />
      <ErrorNotice error={run.error} />
    </>
  )
}
