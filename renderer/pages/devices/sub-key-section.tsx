import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { useDialogPart } from '../../base/address/address-part.ts'
import { format } from '../../base/format/format.ts'
import { texts } from '../../base/texts/texts.ts'
import { Confirm } from '../../components/dialog/confirm.tsx'
import { RenameDialog } from '../../components/dialog/rename-dialog.tsx'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { Moment } from '../../components/label/moment.tsx'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useRead, useWrite } from '../../state/reads.ts'
import { CreateSubKey } from './create-sub-key.tsx'
import { DrawnMeter } from './drawn-meter.tsx'
import { RowMenu } from './row-menu.tsx'
import { subKeyAnchor, subKeyName } from './sub-key-words.ts'
import { devicesTexts } from './texts.ts'

type SubKey = CallOutput<'subKeys.list'>[number]
const words = devicesTexts.subKeys

export function SubKeySection({ workspaceId, reason }: { workspaceId: string; reason: string | null }) {
  const { data, error, refetch } = useRead('subKeys.list', { workspaceId })
  const vault = useRead('vault.status', {})
  const creating = useDialogPart('sub-key')
  const [renaming, setRenaming] = useState<SubKey | null>(null)
  const [revoking, setRevoking] = useState<SubKey | null>(null)
  const rename = useWrite('subKeys.rename', ['subKeys.list', 'outbox.page'])
  const revoke = useWrite('subKeys.revoke', ['subKeys.list', 'overview.read'])
  const createReason = reason ?? (vault.data?.state === 'locked' ? texts.vault.lockedTitle : null)
  return (
    <Section
      title={words.title}
      note={words.note}
      flush
      actions={
        <GatedButton reason={createReason} onClick={creating.open}>
          {words.create}
        </GatedButton>
      }
    >
      <DrawnMeter workspaceId={workspaceId} draws="sub_key" />
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.length === 0 && (
        <Empty icon={IconKey} title={words.emptyTitle}>
          {words.empty}
        </Empty>
      )}
      {data && data.length > 0 && (
        <div className={table.wrap}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{words.columns.name}</th>
                <th scope="col" className={table.wide}>
                  {words.columns.created}
                </th>
                <th scope="col">{words.columns.lastWrite}</th>
                <th scope="col" data-align="right">
                  {words.columns.delivered}
                </th>
                <th scope="col" data-align="right">
                  {words.columns.held}
                </th>
                <td aria-label={words.columns.actions} />
              </tr>
            </thead>
            <tbody>
              {data.map((subKey) => (
                <SubKeyRow key={subKey.id} subKey={subKey} reason={reason} onRename={() => setRenaming(subKey)} onRevoke={() => setRevoking(subKey)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <CreateSubKey workspaceId={workspaceId} opened={creating.opened} onClose={creating.close} />
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
        title={devicesTexts.revokeSubKey.title(revoking ? subKeyName(revoking) : '')}
        confirmLabel={devicesTexts.revokeSubKey.confirm}
        danger
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoking && revoke.mutate({ workspaceId, id: revoking.id }, { onSuccess: () => setRevoking(null) })}
        onClose={() => {
          revoke.reset()
          setRevoking(null)
        }}
      >
        {revoking && devicesTexts.revokeSubKey.loses(revoking)}
      </Confirm>
    </Section>
  )
}

function SubKeyRow({ subKey, reason, onRename, onRevoke }: { subKey: SubKey; reason: string | null; onRename: () => void; onRevoke: () => void }) {
  const name = subKeyName(subKey)
  return (
    <tr data-anchor={subKeyAnchor(subKey)}>
      <td>
        <span className={table.strong}>{name}</span>{' '}
        {subKey.revokedAt !== null ? (
          <span className={table.badge}>{words.revokedAt(subKey.revokedAt)}</span>
        ) : !subKey.onThisDevice ? (
          <span className={table.badge}>{words.elsewhere}</span>
        ) : null}
      </td>
      <td className={`${table.nowrap} ${table.wide}`}>{format.date(subKey.createdAt)}</td>
      <td className={table.nowrap}>{subKey.lastWriteAt === null ? <span className={table.dim}>{words.never}</span> : <Moment at={subKey.lastWriteAt} />}</td>
      <td data-align="right" className={table.nowrap}>
        {words.amount(subKey.deliveredCount, subKey.deliveredBytes)}
      </td>
      <td data-align="right" className={table.nowrap}>
        {words.amount(subKey.heldCount, subKey.heldBytes)}
      </td>
      <td data-align="right">
        {subKey.revokedAt === null && (
          <RowMenu
            label={words.actionsOf(name)}
            onRename={subKey.onThisDevice ? onRename : null}
            renameLabel={words.renameOf(name)}
            onRevoke={onRevoke}
            revokeLabel={words.revokeOf(name)}
            reason={reason}
          />
        )}
      </td>
    </tr>
  )
}
