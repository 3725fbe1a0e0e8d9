/**
 * The fonts that every PDF reader brings (Helvetica here) know the 218 signs of Windows-1252 and nothing else. pdfkit writes any other sign as
 * several wrong ones and garbles its neighbours, so text goes through here first, until a font is embedded.
 */

/** Windows-1252 as this runtime decodes it: printable ASCII, then what stands from 0x80 on; the five bytes that it leaves free decode to controls. */
const shown = new Set(
  [...new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 0xe0 }, (_, index) => index + 0x20))].filter((sign) => !/\p{C}/u.test(sign)),
)
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' })

export function fitsStandardFont(text: string): boolean {
  return [...text].every((sign) => shown.has(sign))
}

/**
 * The text in signs that the font has. A letter whose marks it lacks keeps its base letter ("ź" becomes "z"); any other becomes one question
 * mark, however many code points it is made of. What is not seen anyway (direction marks, joiners) goes, and every kind of space is a space.
 */
export function standardFontText(text: string): string {
  return Array.from(letters.segment(text.normalize('NFC')), ({ segment }) => letterShown(segment)).join('')
}

function letterShown(letter: string): string {
  if (fitsStandardFont(letter)) return letter
  if (/^[\s\p{Cc}]+$/u.test(letter)) return ' '
  const seen = letter.replaceAll(/\p{Default_Ignorable_Code_Point}|\p{Cf}/gu, '')
  if (fitsStandardFont(seen)) return seen
  if (/^[\p{Pd}\u2212]$/u.test(seen)) return '-'
  const base = seen.normalize('NFD').replaceAll(/\p{M}/gu, '')
  return base !== '' && fitsStandardFont(base) ? base : '?'
}
