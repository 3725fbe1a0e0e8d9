import type { WantedPage } from '../../../shared/contract/console/desktop.ts'

/** Keeps the page that a link or a notification asked for until the window can show it. */
export type PageKeeper = {
  ask(page: WantedPage): void
  /** The window has started and asks what to show; from now on it is told at once. */
  take(): WantedPage | null
  /** The window begins anew and hears nothing until it asks again. */
  windowGone(): void
}

export function createPageKeeper(tell: (page: WantedPage) => void): PageKeeper {
  let listening = false
  let kept: WantedPage | null = null
  return {
    ask(page) {
      if (listening) tell(page)
      // The last one wins: a person who clicked twice wants to see what they clicked last.
      else kept = page
    },
    take() {
      listening = true
      const page = kept
      kept = null
      return page
    },
    windowGone() {
      listening = false
    },
  }
}
