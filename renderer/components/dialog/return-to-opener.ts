import { useEffect, useState } from 'react'

/** After what closed the dialog has put the keyboard where it wants it, as a page does when one is led to it. */
const RETURN_AFTER_MS = 10

/** When what is open goes, the keyboard goes back to what opened it, unless something else has taken it by then. */
export function useReturnToOpener(): void {
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
}

/** An item of a menu is gone by the time; the button that opened the menu is not. */
function openerNow(): Element | null {
  const menu = document.activeElement?.closest('[role="menu"]')
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : document.activeElement
}
