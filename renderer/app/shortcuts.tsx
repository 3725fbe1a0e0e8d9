import { ActionIcon } from '@mantine/core'
import { IconKeyboard } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { navigate } from './hash-location.ts'
import { paths } from './paths.ts'
import { texts } from './texts.ts'

const ShortcutDialog = lazy(() => import('./shortcut-dialog.tsx').then((module) => ({ default: module.ShortcutDialog })))

const goTo: Record<string, string> = { o: paths.overview, x: paths.outbox, d: paths.devices, h: paths.honesty, s: paths.settings }
/** How long "G" waits for its second key. */
const chordMs = 1200

export function useShortcuts() {
  const [listOpened, setListOpened] = useState(false)
  useEffect(() => {
    let goPressedAt = 0
    function onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const key = event.key.toLowerCase()
      const target = goTo[key]
      if (event.key === '?') setListOpened(true)
      else if (key === 'g') goPressedAt = event.timeStamp
      else if (target && event.timeStamp - goPressedAt < chordMs) {
        goPressedAt = 0
        navigate(target)
      } else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
  return { listOpened, setListOpened }
}

export function ShortcutList({ opened, setOpened }: { opened: boolean; setOpened: (opened: boolean) => void }) {
  return (
    <>
      <ActionIcon aria-label={texts.shortcuts.open} size="lg" onClick={() => setOpened(true)}>
        <IconKeyboard size={17} stroke={1.7} />
      </ActionIcon>
      {opened && (
        <Suspense fallback={null}>
          <ShortcutDialog onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  )
}

/** A letter typed into a field, or anything while a dialogue is open, is not a shortcut. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.closest('input, textarea, select, [role="dialog"]') !== null
}
