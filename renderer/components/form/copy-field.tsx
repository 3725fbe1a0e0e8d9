import { Button, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useId, useRef, useState } from 'react'
import { texts } from '../../base/texts/texts.ts'
import classes from './copy-field.module.css'

const COPIED_FOR_MS = 2000

/** Text to be taken elsewhere, with the button for it. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const field = useRef<HTMLTextAreaElement>(null)
  const failedId = useId()
  useEffect(() => {
    if (state !== 'copied') return
    const timer = setTimeout(() => setState('idle'), COPIED_FOR_MS)
    return () => clearTimeout(timer)
  }, [state])

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value)
      setState('copied')
    } catch {
      // Not allowed, or no clipboard at all: the next best is one key away.
      setState('failed')
      field.current?.focus()
      field.current?.select()
    }
  }
  const copied = state === 'copied'
  return (
    <div className={classes.field}>
      <div className={classes.head}>
        <span className={classes.label}>{label}</span>
        <Button variant="default" size="compact-xs" leftSection={copied ? <IconCheck size={13} /> : <IconCopy size={13} />} onClick={() => void copy()}>
          {copied ? texts.actions.copied : texts.actions.copy}
          <VisuallyHidden>{label.toLowerCase()}</VisuallyHidden>
        </Button>
      </div>
      <textarea
        ref={field}
        className={classes.value}
        readOnly
        rows={value.split('\n').length}
        wrap="soft"
        spellCheck={false}
        aria-label={label}
        aria-describedby={state === 'failed' ? failedId : undefined}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
      />
      <span id={failedId} role="status" className={classes.failed}>
        {state === 'failed' ? texts.copyFailed : ''}
      </span>
    </div>
  )
}
