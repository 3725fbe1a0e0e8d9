/** A place on a page (a section, a row, a field): what carries `data-anchor`. It is called as its heading is, or as its label. */
import { navigate } from './hash-location.ts'

/** A page that is read for the first time is not there at once. */
const APPEARS_WITHIN_MS = 5_000
const FIELD = 'input:not([type="hidden"], :disabled), textarea:not(:disabled), select:not(:disabled)'
const BUTTON = 'button:not(:disabled), a[href]'

/** Goes to the page and puts the keyboard on the place, as soon as it is there. */
export function showAnchor(address: string, anchor: string): void {
  navigate(address)
  const shown = (): boolean => {
    const place = document.querySelector<HTMLElement>(`[data-anchor="${CSS.escape(anchor)}"]`)
    if (place === null) return false
    focusOn(place)
    return true
  }
  if (shown()) return
  const observer = new MutationObserver(() => void (shown() && stop()))
  const timer = window.setTimeout(stop, APPEARS_WITHIN_MS)
  observer.observe(document.body, { childList: true, subtree: true })
  function stop(): void {
    observer.disconnect()
    window.clearTimeout(timer)
  }
}

/** Marked for as long as the keyboard is in it: after a click no ring says where one was led. */
function focusOn(place: HTMLElement): void {
  const target = place.querySelector<HTMLElement>(FIELD) ?? place.querySelector<HTMLElement>(BUTTON) ?? place
  if (target === place) place.tabIndex = -1
  place.setAttribute('data-shown', '')
  target.focus({ preventScroll: true })
  place.scrollIntoView({ block: 'center' })
  target.addEventListener('blur', () => place.removeAttribute('data-shown'), { once: true })
}
