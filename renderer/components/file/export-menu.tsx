import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { sharedTexts } from '../../base/texts/shared.ts'
import classes from './export-menu.module.css'

export type ExportChoice<F extends string> = { format: F; label: string; note: string }

/** The forms in which a page's rows leave as a file. */
export function ExportMenu<F extends string>({
  choices,
  isRunning = false,
  isDisabled = false,
  onChoose,
}: {
  choices: readonly ExportChoice<F>[]
  isRunning?: boolean
  isDisabled?: boolean
  onChoose: (format: F) => void
}) {
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} loading={isRunning} disabled={isDisabled}>
          {sharedTexts.exported.menu}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ format, label, note }) => (
          <Menu.Item key={format} onClick={() => onChoose(format)}>
            {label}
            <span className={classes.note}>{note}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
