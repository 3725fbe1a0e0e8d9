import { ActionIcon } from '@mantine/core'
import { IconKeyboard } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { Workspace } from '../../../shared/contract/console.ts'
import { navigate } from '../../base/address/hash-location.ts'
import { lateComponent } from '../../components/late/late-component.tsx'
import { pageLinks } from '../page-links.ts'
import { appTexts } from '../texts.ts'
import { isTyping } from './takes-letters.ts'

const ShortcutDialog = lateComponent(() => import('./shortcut-dialog.tsx').then((module) => module.ShortcutDialog))

/** How long "G" waits for its second key. */
const chordMs = 1200

/** G and a letter reach the pages that the workspace has. */
export function useShortcuts(workspace: Workspace | null) {
  const [listOpened, setListOpened] = useState(false)
  const goPressedAt = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const key = event.key.toLowerCase()
      const target = event.timeStamp - goPressedAt.current < chordMs ? pageLinks(workspace).find(({ letter }) => letter === key)?.path : undefined
      if (event.key === '?') setListOpened(true)
      else if (key === 'g') goPressedAt.current = event.timeStamp
      else if (target !== undefined) {
        goPressedAt.current = Number.NEGATIVE_INFINITY
        navigate(target)
      } else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [workspace])
  return { listOpened, setListOpened }
}

export function ShortcutList({ workspace, opened, setOpened }: { workspace: Workspace | null; opened: boolean; setOpened: (opened: boolean) => void }) {
  return (
    <>
      <ActionIcon aria-label={appTexts.shortcuts.open} size="lg" onClick={() => setOpened(true)}>
        <IconKeyboard size={17} stroke={1.7} />
      </ActionIcon>
      {opened && <ShortcutDialog workspace={workspace} onClose={() => setOpened(false)} />}
    </>
  )
}
