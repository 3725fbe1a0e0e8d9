import { Menu, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconPlus, IconSelector } from '@tabler/icons-react'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import { texts } from '../../base/texts/texts.ts'
import count from '../../components/label/count.module.css'
import { chooseWorkspace, useChosenWorkspace, useWorkspaces } from '../../state/active-workspace.ts'
import { appTexts } from '../texts.ts'
import classes from './shell.module.css'

export function WorkspaceSwitcher() {
  const { data: workspaces } = useWorkspaces()
  const active = useChosenWorkspace()
  const [, navigate] = useLocation()
  const name = active?.name ?? texts.product
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <button type="button" className="tm-switcher">
          <span className="tm-mark" aria-hidden>
            {name.slice(0, 1).toUpperCase()}
          </span>
          <VisuallyHidden>{appTexts.workspace.label}</VisuallyHidden>
          <span className="tm-names">
            <span className="tm-name">{name}</span>
            {active && <span className={classes.under}>{active.memberName}</span>}
          </span>
          <IconSelector size={15} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{appTexts.workspace.menu}</Menu.Label>
        {workspaces?.map((workspace) => (
          <Menu.Item
            key={workspace.id}
            onClick={() => chooseWorkspace(workspace.id)}
            rightSection={
              workspace.id === active?.id ? (
                <IconCheck size={15} aria-hidden />
              ) : workspace.queue.held > 0 ? (
                <span className={count.count}>{appTexts.workspace.held(workspace.queue.held)}</span>
              ) : null
            }
          >
            <span className="tm-name">{workspace.name}</span>
            <span className={classes.under}>{`${workspace.memberName} · ${hostOf(workspace.url)}`}</span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => navigate(paths.addWorkspace)}>
          {appTexts.workspace.add}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
