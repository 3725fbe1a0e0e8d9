/**
 * From text as it is read to pieces as they stand from left to right, each in one font: by the Unicode Bidirectional Algorithm (UAX #9). A PDF has no
 * paragraphs; what is not put into its order here is printed in the wrong one.
 */
import bidiFactory from 'bidi-js'
import type { Face, Typefaces, Weight } from './typefaces.ts'

export type Run = { readonly text: string; readonly face: Face }
export type Direction = 'ltr' | 'rtl'

/** Stands for a letter that no font has. */
const UNKNOWN = '?'
/** The font library lays out what is of such a script from right to left, whatever stands around it. */
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const bidi = bidiFactory()
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' })
const words = new Intl.Segmenter('en', { granularity: 'word' })

/** In one form, on lines that its ends of line make: spaces of every kind are one kind, and what is no sign goes. */
export function cleanLines(text: string): string[] {
  return text
    .toWellFormed()
    .normalize('NFC')
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim())
}

/** By the first letter that has a direction. */
export function directionOf(text: string): Direction {
  const [paragraph] = bidi.getEmbeddingLevels(text, 'auto').paragraphs
  return paragraph !== undefined && paragraph.level % 2 === 1 ? 'rtl' : 'ltr'
}

export class TextRuns {
  readonly #typefaces: Typefaces
  /** Whether a letter was asked for that no font has. */
  leftOut = false

  constructor(typefaces: Typefaces) {
    this.#typefaces = typefaces
  }

  canShow(text: string): boolean {
    const families = this.#typefaces.inOrderFor(text)
    return Array.from(letters.segment(text.normalize('NFC'))).every(({ segment }) => this.#typefaces.faceOf(segment, 400, families, null) !== null)
  }

  /** The runs of one line, from left to right. */
  fromLeft(line: string, weight: Weight, direction: Direction): Run[] {
    const families = this.#typefaces.inOrderFor(line)
    const { levels } = bidi.getEmbeddingLevels(line, direction)
    const mirrored = bidi.getMirroredCharactersMap(line, levels)
    const logical: { letters: string[]; face: Face; level: number }[] = []
    for (const { segment, index } of letters.segment(line)) {
      const level = levels[index] ?? 0
      const last = logical.at(-1)
      const drawn = this.#drawn(mirrored.get(index) ?? segment, weight, families, last?.face ?? null)
      if (drawn === null) continue
      if (last !== undefined && last.face === drawn.face && last.level === level) last.letters.push(drawn.letter)
      else logical.push({ letters: [drawn.letter], face: drawn.face, level })
    }
    return reordered(logical).map(({ letters: own, face, level }) => {
      const turned = RIGHT_TO_LEFT.test(own.join('')) !== (level % 2 === 1)
      return { text: (turned ? own.toReversed() : own).join(''), face }
    })
  }

  /** Null: a sign that is not seen. */
  #drawn(letter: string, weight: Weight, families: ReturnType<Typefaces['inOrderFor']>, current: Face | null): { letter: string; face: Face } | null {
    const whole = this.#typefaces.faceOf(letter, weight, families, current)
    // A joiner shapes the letters beside it, where their font knows it; a mark for the direction has done its work.
    if (whole !== null && !/^\p{Default_Ignorable_Code_Point}+$/u.test(letter)) return { letter, face: whole }
    const seen = letter.replaceAll(/\p{Default_Ignorable_Code_Point}|\p{Cf}/gu, '')
    if (seen === '') return null
    const face = this.#typefaces.faceOf(seen, weight, families, current)
    if (face !== null) return { letter: seen, face }
    this.leftOut = true
    const plain = this.#typefaces.faceOf(UNKNOWN, weight, families, current)
    return plain === null ? null : { letter: UNKNOWN, face: plain }
  }
}

/** Rule L2: from the highest level down to the lowest odd one, whatever is at that level or above is turned round. */
function reordered<T extends { readonly level: number }>(logical: readonly T[]): T[] {
  const visual = [...logical]
  const highest = Math.max(0, ...visual.map(({ level }) => level))
  for (let level = highest; level >= 1; level -= 1) {
    for (let start = 0; start < visual.length; start += 1) {
      if ((visual[start]?.level ?? 0) < level) continue
      let end = start
      while (end < visual.length && (visual[end]?.level ?? 0) >= level) end += 1
      visual.splice(start, end - start, ...visual.slice(start, end).reverse())
      start = end
    }
  }
  return visual
}

/** Where a line may end: after a space, and between letters of the scripts that are written without spaces. */
function piecesOf(line: string): string[] {
  const pieces: string[] = []
  let before = ''
  for (const { segment } of words.segment(line)) {
    const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u
    const mayBreak = before === '' || before.endsWith(' ') || (segment !== ' ' && !/^\p{P}/u.test(segment) && (unspaced.test(before) || unspaced.test(segment)))
    if (mayBreak) pieces.push(segment)
    else pieces[pieces.length - 1] += segment
    before = segment
  }
  return pieces
}

/** Breaks a line to a width; a word that is wider than that is broken anywhere. */
export function brokenToWidth(line: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = []
  let current = ''
  let used = 0
  const add = (piece: string): void => {
    if (current !== '' && used + widthOf(piece.trimEnd()) > width) {
      lines.push(current.trimEnd())
      current = ''
      used = 0
    }
    current += piece
    used += widthOf(piece)
  }
  for (const piece of piecesOf(line)) {
    if (widthOf(piece.trimEnd()) <= width) add(piece)
    else for (const { segment } of letters.segment(piece)) add(segment)
  }
  return [...lines, current.trimEnd()]
}
