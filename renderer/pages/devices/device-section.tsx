import { useState } from 'react'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { Confirm } from '../../components/dialog/confirm.tsx'
import { RenameDialog } from '../../components/dialog/rename-dialog.tsx'
import { Moment } from '../../components/label/moment.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useRead, useWrite } from '../../state/reads.ts'
import { DrawnMeter } from './drawn-meter.tsx'
import { RowMenu } from './row-menu.tsx'
import { devicesTexts } from './texts.ts'

type Device = CallOutput<'devices.list'>[number]
const words = devicesTexts.devices

export function DeviceSection({ workspaceId, reason }: { workspaceId: string; reason: string | null }) {
  const { data, error, refetch } = useRead('devices.list', { workspaceId })
  const [renaming, setRenaming] = useState<Device | null>(null)
  const [revoking, setRevoking] = useState<Device | null>(null)
  const rename = useWrite('devices.rename', ['devices.list', 'app.info'])
  const revoke = useWrite('devices.revoke', ['devices.list', 'overview.read', 'workspaces.list'])
  return (
    <Section title={words.title} note={words.note} flush>
      <DrawnMeter workspaceId={workspaceId} draws="open_session" />
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.length === 0 && <p className={table.empty}>{words.empty}</p>}
      {data && data.length > 0 && (
        <div className={table.wrap}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{words.columns.name}</th>
                <th scope="col">{words.columns.created}</th>
                <th scope="col">{words.columns.lastSeen}</th>
                <th scope="col">{words.columns.session}</th>
                <td aria-label={words.columns.actions} />
              </tr>
            </thead>
            <tbody>
              {data.map((device) => (
                <tr key={device.id}>
                  <td>
                    <span className={table.strong}>{device.name}</span>{' '}
                    {device.thisDevice && (
                      <span className={table.badge} data-tone="accent">
                        {words.thisDevice}
                      </span>
                    )}
                    {device.revokedAt !== null && <span className={table.badge}>{devicesTexts.subKeys.revokedAt(device.revokedAt)}</span>}
                  </td>
                  <td className={table.nowrap}>{format.date(device.createdAt)}</td>
                  <td className={table.nowrap}>
                    {device.lastSeenAt === null ? <span className={table.dim}>{devicesTexts.subKeys.never}</span> : <Moment at={device.lastSeenAt} />}
                  </td>
                  <td>{device.sessionOpen ? words.sessionOpen : <span className={table.dim}>{words.sessionClosed}</span>}</td>
                  <td data-align="right">
                    {device.revokedAt === null && (
                      <RowMenu
                        label={devicesTexts.subKeys.actionsOf(device.name)}
                        renameLabel={devicesTexts.subKeys.renameOf(device.name)}
                        revokeLabel={devicesTexts.subKeys.revokeOf(device.name)}
                        onRename={() => setRenaming(device)}
                        onRevoke={() => setRevoking(device)}
                        reason={reason}
                      />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {renaming && (
        <RenameDialog
          name={renaming.name}
          busy={rename.isPending}
          error={rename.error}
          onSave={(name) => rename.mutate({ workspaceId, id: renaming.id, name }, { onSuccess: () => setRenaming(null) })}
          onClose={() => {
            rename.reset()
            setRenaming(null)
          }}
        />
      )}
      <Confirm
        opened={revoking !== null}
        title={devicesTexts.revokeDevice.title(revoking?.name ?? '')}
        confirmLabel={devicesTexts.revokeDevice.confirm}
        danger
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoking && revoke.mutate({ workspaceId, id: revoking.id }, { onSuccess: () => setRevoking(null) })}
        onClose={() => {
          revoke.reset()
          setRevoking(null)
        }}
      >
        {revoking?.thisDevice ? devicesTexts.revokeDevice.losesThis : devicesTexts.revokeDevice.loses}
      </Confirm>
    </Section>
  )
}
