import { Button, CopyButton, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { texts } from '../../base/texts/texts.ts'
import classes from './copy-field.module.css'

/** Text to be taken elsewhere, with the button for it. */
export function CopyField({ label, value }: { label: string; value: string }) {
  return (
    <div className={classes.field}>
      <div className={classes.head}>
        <span className={classes.label}>{label}</span>
        <CopyButton value={value} timeout={2000}>
          {({ copied, copy }) => (
            <Button variant="default" size="compact-xs" leftSection={copied ? <IconCheck size={13} /> : <IconCopy size={13} />} onClick={copy}>
              {copied ? texts.actions.copied : texts.actions.copy}
              <VisuallyHidden>{label.toLowerCase()}</VisuallyHidden>
            </Button>
          )}
        </CopyButton>
      </div>
      <textarea
        className={classes.value}
        readOnly
        rows={value.split('\n').length}
        wrap="soft"
        spellCheck={false}
        aria-label={label}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
      />
    </div>
  )
}
