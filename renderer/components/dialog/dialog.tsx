import { Modal, type ModalProps } from '@mantine/core'
import { type ReactNode, useCallback } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { useReturnToOpener } from './return-to-opener.ts'

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
/** @returns goes on the content of the dialog, which marks there what the focus trap starts on */
function useKeyboardIn(): (content: HTMLElement | null) => void {
  useReturnToOpener()
  return useCallback((content) => {
    if (content === null || content.querySelector('[data-autofocus]') !== null) return
    const start = content.querySelector(FIELD) ?? content.querySelector(SAFE_BUTTON)
    start?.setAttribute('data-autofocus', '')
  }, [])
}
