/**
 * The fonts that an invoice is printed with: Noto Sans and, for Arabic, Vazirmatn, whose packages bring them in slices of a few hundred letters. A
 * slice is read when a text first needs a letter of it, and only the letters that are used end up in the document.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { z } from 'zod'

/**
 * In the order in which they are asked; each package is one family. The last two overlap: see `inOrderFor`. The Chinese one has the letters of Japanese too, and one
 * more of that size would make the program larger than it may be. Noto's own Arabic fonts put letters together
 * from a shape and its dots, and several letters have one shape; IBM's join pairs. From neither could the text be read back out of the document.
 */
const FAMILIES = ['noto-sans', 'noto-sans-hebrew', 'vazirmatn', 'noto-sans-sc', 'noto-sans-kr'] as const
type Family = (typeof FAMILIES)[number]

export type Weight = 400 | 700
/** What our own words and amounts are made of; names of people and companies are never bold. */
const BOLD_SLICES: readonly string[] = ['noto-sans/latin', 'noto-sans/latin-ext']

type Slice = { readonly family: Family; readonly part: string; readonly ranges: readonly (readonly [number, number])[] }

/** One font file. `key` names it within a document. */
export type Face = { readonly key: string; readonly bytes: Buffer; readonly has: (codePoint: number) => boolean }

const slicesFile = z.record(z.string(), z.string())

export class Typefaces {
  readonly #require = createRequire(import.meta.url)
  readonly #create: typeof import('fontkit').create
  readonly #slices = new Map<Family, readonly Slice[]>()
  readonly #faces = new Map<string, Face>()

  private constructor(create: typeof import('fontkit').create) {
    this.#create = create
  }

  /** Loaded with the first document: the library takes a tenth of a second. */
  static async load(): Promise<Typefaces> {
    const { create } = await import('fontkit')
    return new Typefaces(create)
  }

  /**
   * The families for a text. Han letters are of several languages, and some are only in one of the two fonts: the font that has most of the text's
   * letters comes first, so that a name is not put together from two.
   */
  inOrderFor(text: string): readonly Family[] {
    const letters = [...new Set(text)].map((letter) => letter.codePointAt(0) ?? 0).filter((codePoint) => codePoint > 0x2e7f)
    if (letters.length === 0) return FAMILIES
    const known = (family: Family): number => letters.filter((codePoint) => this.#slicesOf(family).some((slice) => covers(slice, codePoint))).length
    const [latin, hebrew, arabic, ...han] = FAMILIES
    const counted = han.map((family) => ({ family, count: known(family) })).toSorted((one, other) => other.count - one.count)
    return [latin, hebrew, arabic, ...counted.map(({ family }) => family)]
  }

  /** The face that has every code point of a letter; null: none does. `current` is kept where it can be: a word is drawn in one piece. */
  faceOf(letter: string, weight: Weight, families: readonly Family[], current: Face | null): Face | null {
    const codePoints = [...letter].map((each) => each.codePointAt(0) ?? 0)
    if (current !== null && codePoints.every(current.has)) return current
    for (const family of families) {
      for (const slice of this.#slicesOf(family)) {
        if (!codePoints.every((codePoint) => covers(slice, codePoint))) continue
        const face = this.#face(slice, weight)
        // A slice may name letters that its family does not have.
        if (codePoints.every(face.has)) return face
      }
    }
    return null
  }

  #slicesOf(family: Family): readonly Slice[] {
    const known = this.#slices.get(family)
    if (known !== undefined) return known
    const file = slicesFile.parse(JSON.parse(readFileSync(this.#require.resolve(`@fontsource/${family}/unicode.json`), 'utf8')))
    const slices = Object.entries(file).map(([part, ranges]): Slice => ({ family, part: part.replaceAll(/[[\]]/g, ''), ranges: rangesOf(ranges) }))
    // The plain letters are in every family; those of the first one are drawn.
    const own =
      family === 'noto-sans' ? slices.toReversed() : slices.filter(({ part }) => !/^(latin|latin-ext|vietnamese|cyrillic|cyrillic-ext|greek-ext)$/.test(part))
    this.#slices.set(family, own)
    return own
  }

  #face({ family, part }: Slice, asked: Weight): Face {
    const weight = BOLD_SLICES.includes(`${family}/${part}`) ? asked : 400
    const key = `${family}-${part}-${weight}`
    const known = this.#faces.get(key)
    if (known !== undefined) return known
    const bytes = readFileSync(this.#require.resolve(`@fontsource/${family}/files/${key}-normal.woff`))
    const font = this.#create(bytes)
    if (!('hasGlyphForCodePoint' in font)) throw new TypeError(`${key} is a collection of fonts`)
    const face = { key, bytes, has: (codePoint: number) => font.hasGlyphForCodePoint(codePoint) }
    this.#faces.set(key, face)
    return face
  }
}

function covers({ ranges }: Slice, codePoint: number): boolean {
  return ranges.some(([first, last]) => codePoint >= first && codePoint <= last)
}

/** As CSS writes them: "U+0370-0377,U+037A". */
function rangesOf(text: string): [number, number][] {
  return text.split(',').map((range): [number, number] => {
    const [first = '', last = first] = range.trim().replace(/^U\+/i, '').split('-')
    return [Number.parseInt(first, 16), Number.parseInt(last, 16)]
  })
}
