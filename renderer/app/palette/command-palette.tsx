import { Kbd } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import classes from '../shell/shell.module.css'
import { appTexts } from '../texts.ts'

const load = () => import('./palette-dialog.tsx')
type Dialog = Awaited<ReturnType<typeof load>>['PaletteDialog']
/** After the first page is there, and before somebody presses the key and types on at once: what is typed before the palette is there is lost. */
const LOAD_AFTER_MS = 500

/** The button and the key (Ctrl or Cmd + K) of the palette. */
export function CommandPalette({ onShortcuts }: { onShortcuts: () => void }) {
  const [opened, setOpened] = useState(false)
  // Not React's `lazy`: it holds what comes late back for another 300 ms.
  const [Dialog, setDialog] = useState<Dialog | null>(null)
  useEffect(() => {
    if (Dialog !== null) return
    const show = (): void => {
      load().then(
        ({ PaletteDialog }) => setDialog(() => PaletteDialog),
        // The next press asks again.
        () => undefined,
      )
    }
    const timer = window.setTimeout(show, opened ? 0 : LOAD_AFTER_MS)
    return () => window.clearTimeout(timer)
  }, [Dialog, opened])
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      setOpened((before) => !before)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
  return (
    <>
      <button type="button" className="tm-search" onClick={() => setOpened(true)} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={15} aria-hidden />
        <span className={classes.searchText}>{appTexts.palette.open}</span>
        <Kbd size="xs" aria-hidden>
          {isMac() ? '⌘ K' : 'Ctrl K'}
        </Kbd>
      </button>
      {opened && Dialog !== null && <Dialog onClose={() => setOpened(false)} onShortcuts={onShortcuts} />}
    </>
  )
}

function isMac(): boolean {
  return navigator.userAgent.includes('Mac OS')
}
