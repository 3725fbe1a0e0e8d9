import { Button, type ButtonProps, Tooltip, VisuallyHidden } from '@mantine/core'
import { type ReactNode, useId } from 'react'

type Props = ButtonProps & {
  onClick: () => void
  children: ReactNode /** Why it cannot be pressed; null when it can. */
  reason: string | null
  'aria-label'?: string
}

/** A button that says why it is disabled: it stays focusable, so that a keyboard or a screen reader learns the reason too. */
export function GatedButton({ reason, onClick, children, ...rest }: Props) {
  const id = useId()
  if (reason === null)
    return (
      <Button {...rest} onClick={onClick}>
        {children}
      </Button>
    )
  return (
    <Tooltip label={reason}>
      <Button {...rest} data-disabled aria-disabled="true" aria-describedby={id} onClick={(event) => event.preventDefault()}>
        {children}
        <VisuallyHidden id={id}>{reason}</VisuallyHidden>
      </Button>
    </Tooltip>
  )
}
