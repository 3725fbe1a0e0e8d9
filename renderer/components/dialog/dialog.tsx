import { Modal, type ModalProps } from '@mantine/core'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { texts } from '../../base/texts/texts.ts'

type Props = Pick<ModalProps, 'size'> & { title: string; onClose: () => void; children: ReactNode }

/**
 * A dialog that is open for as long as it is mounted. The keyboard starts on its first field, or on the button that changes nothing, and
 * goes back to what opened it: Mantine notes the opener only when `opened` changes, which here it never does.
 */
export function Dialog({ title, onClose, size, children }: Props) {
  const start = useKeyboardIn()
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      returnFocus={false}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
      {...(size === undefined ? {} : { size })}
    >
      <div ref={start}>{children}</div>
    </Modal>
  )
}

const FIELD = 'input:not([type="hidden"], :disabled), textarea:not(:disabled), select:not(:disabled)'
const SAFE_BUTTON = 'button[data-variant="default"]:not(:disabled)'
/** After what closed the dialog has put the keyboard where it wants it, as a page does when one is led to it. */
const RETURN_AFTER_MS = 10

/** @returns goes on the content of the dialog, which marks there what the focus trap starts on */
function useKeyboardIn(): (content: HTMLElement | null) => void {
  const [opener] = useState(openerNow)
  useEffect(
    () => () =>
      void window.setTimeout(() => {
        if (document.activeElement !== null && document.activeElement !== document.body) return
        // What opened it may be gone, as a row is: then the page's heading is the nearest.
        const target = opener !== document.body && opener?.isConnected ? opener : document.querySelector('[data-page-title]')
        if (target instanceof HTMLElement) target.focus({ preventScroll: true })
      }, RETURN_AFTER_MS),
    [opener],
  )
  return useCallback((content) => {
    if (content === null || content.querySelector('[data-autofocus]') !== null) return
    const start = content.querySelector(FIELD) ?? content.querySelector(SAFE_BUTTON)
    start?.setAttribute('data-autofocus', '')
  }, [])
}

/** An item of a menu is gone by the time; the button that opened the menu is not. */
function openerNow(): Element | null {
  const menu = document.activeElement?.closest('[role="menu"]')
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : document.activeElement
}
