/** Which things fit what is typed, and which of them fits best. Pure. */
import { folded, foldedWords } from '../../../shared/search/folded-words.ts'
import type { Found } from '../../components/find/page-finds.ts'

/**
 * How well it fits: 4 it is called that, 3 its label begins so, 2 words of the label begin so, 1 the words are in it somewhere; null: it does not fit.
 * Of what is not shown, words must begin so: a hit whose letters are nowhere to be seen would be a riddle.
 */
export function fitOf({ label, note = '', alsoCalled = '' }: Pick<Found, 'label' | 'note' | 'alsoCalled'>, words: readonly string[]): number | null {
  const called = folded(label)
  const shown = `${called}\n${folded(note)}`
  const unseen = wordStarts(folded(alsoCalled))
  if (!words.every((word) => shown.includes(word) || unseen.includes(` ${word}`))) return null
  const typed = words.join(' ')
  if (called === typed) return 4
  if (called.startsWith(typed)) return 3
  const starts = wordStarts(called)
  return words.every((word) => starts.includes(` ${word}`)) ? 2 : 1
}

/** As it is and, so that "key" begins a word of "sub-key", with a space for every other sign. */
function wordStarts(text: string): string {
  return ` ${text}\n ${text.replaceAll(/[^\p{Letter}\p{Number}]+/gu, ' ')}`
}

/** Those that fit, the best first; as good ones keep their order. Nothing typed: all of them, as they are. */
export function fitting<T extends Pick<Found, 'label' | 'note' | 'alsoCalled'>>(found: readonly T[], typed: string): readonly T[] {
  const words = foldedWords(typed)
  if (words.length === 0) return found
  return found
    .flatMap((one) => {
      const fit = fitOf(one, words)
      return fit === null ? [] : [{ one, fit }]
    })
    .toSorted((left, right) => right.fit - left.fit)
    .map(({ one }) => one)
}
