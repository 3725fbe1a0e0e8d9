/** What is typed into when a letter is pressed. Inputs that take none (a switch, a checkbox, a segment) leave the letters to the shortcuts. */

const TAKE_NO_LETTERS: ReadonlySet<string> = new Set(['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'])

/** A kind that is not known, as one that a browser does not know, is a text field. Pure. */
export function inputTakesLetters(type: string): boolean {
  return !TAKE_NO_LETTERS.has(type.toLowerCase())
}

/** A letter typed into a field (a list is searched by letters), or anything while a dialogue is open, is not a shortcut. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest('[role="dialog"]') !== null) return true
  const field = target.closest('input, textarea, select')
  return field instanceof HTMLInputElement ? inputTakesLetters(field.type) : field !== null
}
