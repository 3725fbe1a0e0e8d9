import { Kbd } from '@mantine/core'
import type { Workspace } from '../../../shared/contract/console.ts'
import { pageLinks } from '../page-links.ts'
import { appTexts } from '../texts.ts'
import classes from './shortcuts.module.css'
import { shortcutsTexts } from './texts.ts'
import { Dialog } from '../../components/dialog/dialog.tsx'

export function ShortcutDialog({ workspace, onClose }: { workspace: Workspace | null; onClose: () => void }) {
  return (
    <Dialog onClose={onClose} title={appTexts.shortcuts.title} size="lg">
      <Keys list={shortcutsTexts.list} />
      <h3 className={classes.heading}>{shortcutsTexts.pages}</h3>
      <Keys list={pageLinks(workspace).map(({ letter, label }) => ({ keys: ['G', letter.toUpperCase()], what: shortcutsTexts.goTo(label) }))} />
    </Dialog>
  )
}

function Keys({ list }: { list: readonly { keys: readonly string[]; what: string }[] }) {
  return (
    <dl className={classes.list}>
      {list.map((shortcut) => (
        <div className={classes.entry} key={shortcut.what}>
          <dt>
            {shortcut.keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </dt>
          <dd>{shortcut.what}</dd>
        </div>
      ))}
    </dl>
  )
}
