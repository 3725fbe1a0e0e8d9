import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, type TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { describeError } from '../../state/bridge/call-error.ts'
import classes from './notice.module.css'

export type Tone = 'info' | 'amber' | 'red' | 'green'
const icons: Record<Tone, TablerIcon> = { info: IconInfoCircle, amber: IconAlertTriangle, red: IconAlertTriangle, green: IconCircleCheck }

/** A few words in the flow of a page. `urgent` is read out at once by screen readers. */
export function Notice({
  tone,
  title,
  actions,
  urgent,
  children,
}: {
  tone: Tone
  title?: string
  actions?: ReactNode
  urgent?: boolean
  children?: ReactNode
}) {
  const Icon = icons[tone]
  return (
    <div className={classes.notice} data-tone={tone} role={urgent ? 'alert' : 'status'}>
      <Icon size={17} stroke={1.9} className={classes.icon} aria-hidden />
      <div className={classes.words}>
        {title && <p className={classes.title}>{title}</p>}
        {children && <div className={classes.text}>{children}</div>}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  )
}

/** What happened, what to do, and the button for it. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  if (!error) return null
  const { message, suggestion } = describeError(error)
  return (
    <Notice
      tone="red"
      urgent
      title={message}
      actions={
        onRetry && (
          <Button variant="default" onClick={onRetry}>
            {texts.actions.tryAgain}
          </Button>
        )
      }
    >
      {suggestion}
    </Notice>
  )
}

/** A page or list with nothing on it says what to do next. */
export function Empty({ icon: Icon, title, children, actions }: { icon: TablerIcon; title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <Icon size={28} stroke={1.4} aria-hidden />
      <p className={classes.emptyTitle}>{title}</p>
      {children && <div className={classes.emptyText}>{children}</div>}
      {actions && <div className={classes.emptyActions}>{actions}</div>}
    </div>
  )
}
