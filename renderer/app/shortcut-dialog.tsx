import { Kbd, Modal } from '@mantine/core'
import classes from './shortcuts.module.css'
import { texts } from './texts.ts'

export function ShortcutDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={texts.shortcuts.title} closeButtonProps={{ 'aria-label': texts.actions.close }}>
      <dl className={classes.list}>
        {texts.shortcuts.list.map((shortcut) => (
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
    </Modal>
  )
}
