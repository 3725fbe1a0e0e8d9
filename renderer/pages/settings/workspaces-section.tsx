import { ActionIcon, Button, Menu, TextInput } from '@mantine/core'
import { IconDots, IconLogin, IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { Workspace } from '../../../shared/contract/console.ts'
import { connectionWords } from '../../base/texts/connection.ts'
import { Confirm } from '../../components/dialog/confirm.tsx'
import { RenameDialog } from '../../components/dialog/rename-dialog.tsx'
import { SignInForm } from '../../components/form/sign-in-form.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useConnection, useWorkspaces } from '../../state/active-workspace.ts'
import { useToday } from '../../state/now.ts'
import { useWrite } from '../../state/reads.ts'
import { settingsTexts } from './texts.ts'
import { Dialog } from '../../components/dialog/dialog.tsx'

const words = settingsTexts.workspaces

export function WorkspacesSection() {
  const { data } = useWorkspaces()
  const [, navigate] = useLocation()
  const [removing, setRemoving] = useState<Workspace | null>(null)
  const [renaming, setRenaming] = useState<Workspace | null>(null)
  const rename = useWrite('workspaces.rename', ['workspaces.list'])
  const [signingIn, setSigningIn] = useState<Workspace | null>(null)
  return (
    <Section
      title={words.title}
      note={words.note}
      flush
      actions={
        <Button variant="default" onClick={() => navigate(paths.addWorkspace)}>
          {words.add}
        </Button>
      }
    >
      <div className={table.wrap}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{words.columns.name}</th>
              <th scope="col">{words.columns.platform}</th>
              <th scope="col">{words.columns.member}</th>
              <th scope="col">{words.columns.connection}</th>
              <td aria-label={words.columns.actions} />
            </tr>
          </thead>
          <tbody>
            {data?.map((workspace) => (
              <WorkspaceRow
                key={workspace.id}
                workspace={workspace}
                onRename={() => setRenaming(workspace)}
                onRemove={() => setRemoving(workspace)}
                onSignIn={() => setSigningIn(workspace)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {renaming && (
        <RenameDialog
          name={renaming.name}
          hint={words.renameHint}
          mayBeEmpty
          busy={rename.isPending}
          error={rename.error}
          onSave={(name) => rename.mutate({ workspaceId: renaming.id, name: name === '' ? null : name }, { onSuccess: () => setRenaming(null) })}
          onClose={() => {
            rename.reset()
            setRenaming(null)
          }}
        />
      )}
      {removing && <RemoveWorkspace workspace={removing} onClose={() => setRemoving(null)} />}
      {signingIn && (
        <Dialog onClose={() => setSigningIn(null)} title={words.signInOf(signingIn.name)}>
          <p>{words.signInText}</p>
          <SignInForm workspaceId={signingIn.id} onDone={() => setSigningIn(null)} />
        </Dialog>
      )}
    </Section>
  )
}

function WorkspaceRow({ workspace, onRename, onRemove, onSignIn }: { workspace: Workspace; onRename: () => void; onRemove: () => void; onSignIn: () => void }) {
  const connection = useConnection(workspace)
  const today = useToday()
  return (
    <tr>
      <td className={table.strong}>{workspace.name}</td>
      <td className={table.dim}>{workspace.url}</td>
      <td>{`${workspace.memberName} (${workspace.role})`}</td>
      <td className={table.nowrap}>{connectionWords(connection, workspace.queue, today).short}</td>
      <td data-align="right">
        <Menu position="bottom-end" width={190}>
          <Menu.Target>
            <ActionIcon aria-label={words.actionsOf(workspace.name)}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={15} />} aria-label={words.renameOf(workspace.name)} onClick={onRename}>
              {words.rename}
            </Menu.Item>
            <Menu.Item leftSection={<IconLogin size={15} />} onClick={onSignIn}>
              {words.signIn}
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={15} />} aria-label={words.removeOf(workspace.name)} onClick={onRemove}>
              {words.remove}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </td>
    </tr>
  )
}

/** What would be lost is said; where something would be, the name must be typed. */
function RemoveWorkspace({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const remove = useWrite('workspaces.remove', ['workspaces.list'])
  const [typed, setTyped] = useState('')
  const { pending, held, rejected } = workspace.queue
  const loses = pending + held + rejected > 0
  return (
    <Confirm
      opened
      title={words.removeTitle(workspace.name)}
      confirmLabel={words.removeConfirm}
      danger
      busy={remove.isPending}
      error={remove.error}
      confirmDisabled={loses && typed !== workspace.name}
      onConfirm={() => remove.mutate({ workspaceId: workspace.id }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>{words.removeLoses(pending, held, rejected)}</p>
      {loses && <TextInput mt="md" label={words.removeType(workspace.name)} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />}
    </Confirm>
  )
}
