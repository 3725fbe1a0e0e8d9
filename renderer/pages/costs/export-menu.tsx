import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { download } from '../../components/file/download.ts'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { notifyDone } from '../../components/notice/notify.ts'
import { useWrite } from '../../state/reads.ts'
import classes from './costs.module.css'
import { costsTexts } from './texts.ts'

const words = costsTexts.export
const formats = [
  { format: 'csv-for-spreadsheets', label: words.sheet, note: words.sheetNote },
  { format: 'csv-for-programs', label: words.csv, note: words.csvNote },
  { format: 'json', label: words.json, note: words.jsonNote },
  { format: 'focus-1.2', label: words.focus('1.2'), note: words.focusNote },
  { format: 'focus-1.3', label: words.focus('1.3'), note: words.focusNote },
] as const

/** From the cache, so it works without a network too. */
export function ExportMenu({ workspaceId, period }: { workspaceId: string; period: string }) {
  const run = useWrite('costs.export')
  const save = (format: (typeof formats)[number]['format']): void =>
    run.mutate(
      { workspaceId, period, format, language: navigator.language },
      {
        onSuccess: ({ fileName, text, mimeType }) => {
          download(fileName, text, mimeType)
          notifyDone(words.done(fileName))
        },
      },
    )
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} loading={run.isPending}>
            {words.menu}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {formats.map(({ format, label, note }) => (
            <Menu.Item key={format} onClick={() => save(format)}>
              {label}
              <span className={classes.note}>{note}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ErrorNotice error={run.error} />
    </>
  )
}
