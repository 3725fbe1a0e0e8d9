/** The language of numbers and dates that a person chose; null: the system's. Words stay as they are. */
const storageKey = 'tidemark.locale'

/** A short list of what differs: where the digits are grouped, how a date is written, which clock. */
export const locales = ['en-US', 'en-GB', 'de-DE', 'de-CH', 'fr-FR', 'es-ES', 'it-IT', 'nl-NL', 'sv-SE', 'pt-BR', 'ja-JP'] as const

export function chosenLocale(storage: Pick<Storage, 'getItem'> | undefined = globalThis.localStorage): string | undefined {
  const stored = storage?.getItem(storageKey)
  return locales.find((locale) => locale === stored)
}

/** Every figure on the screen was written with the old one, so the page is drawn anew. */
export function chooseLocale(locale: string | null): void {
  if (locale === null) window.localStorage.removeItem(storageKey)
  else window.localStorage.setItem(storageKey, locale)
  window.location.reload()
}
