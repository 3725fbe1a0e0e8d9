import { Kbd } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import classes from './shell.module.css'
import { texts } from './texts.ts'

const PaletteDialog = lazy(() => import('./palette-dialog.tsx').then((module) => ({ default: module.PaletteDialog })))

/** The button and the key (Ctrl or Cmd + K) of the palette. Its code comes when it is first asked for. */
export function CommandPalette({ onShortcuts }: { onShortcuts: () => void }) {
  const [wanted, setWanted] = useState(0)
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      setWanted((times) => times + 1)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
  return (
    <>
      <button type="button" className="tm-search" onClick={() => setWanted((times) => times + 1)} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={15} aria-hidden />
        <span className={classes.searchText}>{texts.palette.open}</span>
        <Kbd size="xs" aria-hidden>
          {isMac() ? '⌘ K' : 'Ctrl K'}
        </Kbd>
      </button>
      {wanted > 0 && (
        <Suspense fallback={null}>
          <PaletteDialog wanted={wanted} onShortcuts={onShortcuts} />
        </Suspense>
      )}
    </>
  )
}

function isMac(): boolean {
  return navigator.userAgent.includes('Mac OS')
}
