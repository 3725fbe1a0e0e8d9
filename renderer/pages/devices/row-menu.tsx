import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import classes from './devices.module.css'
import { devicesTexts } from './texts.ts'

type Props = {
  label: string
  renameLabel: string
  revokeLabel: string
  onRename: (() => void) | null
  onRevoke: () => void /** Why revoking is not possible now. Renaming works offline. */
  reason: string | null
}

export function RowMenu({ label, renameLabel, revokeLabel, onRename, onRevoke, reason }: Props) {
  return (
    <Menu position="bottom-end" width={reason ? 280 : 180}>
      <Menu.Target>
        <ActionIcon className={classes.menu} aria-label={label}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {onRename && (
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={onRename} aria-label={renameLabel}>
            {devicesTexts.subKeys.rename}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconTrash size={15} />} onClick={onRevoke} disabled={reason !== null} aria-label={revokeLabel}>
          {devicesTexts.subKeys.revoke}
        </Menu.Item>
        {reason && <Menu.Label>{reason}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  )
}
