import { brokenToWidth, cleanLines, type Direction, directionOf, TextRuns } from './text-runs.ts'
import { Typefaces, type Weight } from './typefaces.ts'

export type SheetAbout = { readonly title: string; readonly author: string; readonly subject: string; readonly createdAt: Date }

const PAGE = { size: 'A4', margin: 56 } as const
const WIDTH = 595.28 - 2 * PAGE.margin
const LABEL_WIDTH = 120
const AMOUNT_WIDTH = 130
const DIM = '#5a6570'
const BLACK = '#000000'
const RULE = '#d5dade'
/** Of the letter height: how tall a line is, and how far below its top the letters stand. All the fonts are of one design. */
const LINE_HEIGHT = 1.4
const BASELINE = 1.08
/** A list of features, though empty, has the library lay out a run as one: else it would lay out each word by itself, in the order of the letters. */
const AS_ONE_RUN = { features: [] }
/** Two letters drawn as one for beauty alone come back in the wrong order to whoever reads the text from right to left; those that writing demands stay. */
const RIGHT_TO_LEFT_RUN = { features: { liga: false } as unknown as [] }

type Style = { readonly size: number; readonly weight: Weight; readonly colour: string }
const NORMAL: Style = { size: 10, weight: 400, colour: BLACK }
const QUIET: Style = { size: 9, weight: 400, colour: DIM }

type Box = { readonly left: number; readonly width: number; readonly align?: 'left' | 'right' }
type Line = { readonly text: string; readonly direction: Direction }
type Struct = ReturnType<PDFKit.PDFDocument['struct']>

let typefaces: Promise<Typefaces> | null = null

/** Pages with text from top to bottom, tagged so that it can be read out: headings, paragraphs and tables of two columns. */
export class PdfSheet {
  readonly #pdf: PDFKit.PDFDocument
  readonly #root: Struct
  readonly #runs: TextRuns
  readonly #bytes: Promise<Buffer>
  readonly #registered = new Set<string>()
  /** By style and text: the same words come again and again. */
  readonly #widths = new Map<string, number>()
  #y: number = PAGE.margin

  private constructor(pdf: PDFKit.PDFDocument, runs: TextRuns) {
    const chunks: Buffer[] = []
    this.#bytes = new Promise((resolve, reject) => {
      pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
      pdf.on('end', () => resolve(Buffer.concat(chunks)))
      pdf.on('error', reject)
    })
    this.#pdf = pdf
    this.#runs = runs
    this.#root = pdf.struct('Document')
    pdf.addStructure(this.#root)
  }

  static async open({ title, author, subject, createdAt }: SheetAbout): Promise<PdfSheet> {
    typefaces ??= Typefaces.load()
    // Loaded when the first one is asked for: it takes a tenth of a second.
    const [{ default: PDFDocument }, faces] = await Promise.all([import('pdfkit'), typefaces])
    const pdf = new PDFDocument({
      ...PAGE,
      // No font that the reader would have to bring.
      font: '',
      pdfVersion: '1.7',
      tagged: true,
      lang: 'en',
      displayTitle: true,
      info: { Title: title, Author: author, Subject: subject, CreationDate: createdAt, ModDate: createdAt },
    })
    return new PdfSheet(pdf, new TextRuns(faces))
  }

  /** Whether a letter stands as a question mark so far. */
  get leftOut(): boolean {
    return this.#runs.leftOut
  }

  canShow(text: string): boolean {
    return this.#runs.canShow(text)
  }

  heading(text: string): void {
    this.#block('H1', text, { left: PAGE.margin, width: WIDTH }, { ...NORMAL, size: 20, weight: 700 })
  }

  paragraph(text: string): void {
    this.#block('P', text, { left: PAGE.margin, width: WIDTH }, QUIET)
  }

  /** Lines of the normal size. */
  space(lines: number): void {
    this.#y += lines * NORMAL.size * LINE_HEIGHT
  }

  /** A label and what it stands for, side by side. */
  fact(label: string, value: string): void {
    const box = { left: PAGE.margin + LABEL_WIDTH, width: WIDTH - LABEL_WIDTH }
    const lines = this.#broken(value, box.width, NORMAL)
    this.#makeRoom(lines.length, NORMAL)
    const top = this.#y
    this.#tagged(this.#root, 'P', `${label} ${value}`, () => {
      this.#draw(this.#broken(label, LABEL_WIDTH, NORMAL), top, { left: PAGE.margin, width: LABEL_WIDTH }, { ...NORMAL, colour: DIM })
      this.#draw(lines, top, box, NORMAL)
    })
    this.#y = top + heightOf(lines.length, NORMAL) + 2
  }

  table(description: string, amount: string): SheetTable {
    const table = this.#pdf.struct('Table')
    this.#root.add(table)
    const row = (label: string, value: string, style: Style, kind: 'TH' | 'TD'): void => {
      const box = { left: PAGE.margin, width: WIDTH - AMOUNT_WIDTH - 10 }
      const lines = this.#broken(label, box.width, style)
      this.#makeRoom(lines.length, style)
      const top = this.#y
      const element = this.#pdf.struct('TR')
      table.add(element)
      // In the order in which it is read, also by who selects the text or has it read out.
      this.#tagged(element, kind, label, () => this.#draw(lines, top, box, style), kind === 'TH' ? { scope: 'Column' } : {})
      const right: Box = { left: PAGE.margin + WIDTH - AMOUNT_WIDTH, width: AMOUNT_WIDTH, align: 'right' }
      const cell = kind === 'TH' ? { scope: 'Column' } : {}
      this.#tagged(element, kind, value, () => this.#draw(this.#broken(value, right.width, style), top, right, style), cell)
      element.end()
      this.#y = top + heightOf(lines.length, style) + 5
    }
    row(description, amount, { ...NORMAL, weight: 700 }, 'TH')
    return {
      row: (label, value) => row(label, value, NORMAL, 'TD'),
      total: (label, value) => row(label, value, { ...NORMAL, size: 12, weight: 700 }, 'TD'),
      rule: () => this.#rule(),
      end: () => void table.end(),
    }
  }

  end(): Promise<Buffer> {
    this.#root.end()
    this.#pdf.end()
    return this.#bytes
  }

  #block(tag: string, text: string, box: Box, style: Style): void {
    const lines = this.#broken(text, box.width, style)
    this.#makeRoom(lines.length, style)
    this.#tagged(this.#root, tag, text, () => this.#draw(lines, this.#y, box, style))
    this.#y += heightOf(lines.length, style)
  }

  /** As the letters stand is not always as they are read: then the text goes along as it is. */
  #tagged(parent: Struct, tag: string, text: string, draw: () => void, options: { scope?: string } = {}): void {
    const actual = directionOf(text) === 'rtl' || /[\p{Script=Hebrew}\p{Script=Arabic}]/u.test(text) ? { actual: text.replaceAll(/[\u2066-\u2069]/g, '') } : {}
    parent.add(this.#pdf.struct(tag, { ...options, ...actual }, draw))
  }

  #rule(): void {
    this.#pdf.markContent('Artifact', { type: 'Layout' })
    this.#pdf
      .moveTo(PAGE.margin, this.#y)
      .lineTo(PAGE.margin + WIDTH, this.#y)
      .lineWidth(0.7)
      .strokeColor(RULE)
      .stroke()
    this.#pdf.endMarkedContent()
    this.#y += 6
  }

  #makeRoom(lines: number, style: Style): void {
    if (this.#y + heightOf(lines, style) <= this.#pdf.page.height - PAGE.margin) return
    this.#pdf.addPage()
    this.#y = PAGE.margin
  }

  /** Into lines of a width; more than a page holds is cut. */
  #broken(text: string, width: number, style: Style): Line[] {
    const lines = cleanLines(text).flatMap((paragraph) => {
      const direction = directionOf(paragraph)
      return brokenToWidth(paragraph, width, (part) => this.#widthOf({ text: part, direction }, style)).map((part): Line => ({ text: part, direction }))
    })
    const most = Math.floor((this.#pdf.page.height - 2 * PAGE.margin) / heightOf(1, style))
    return lines.length <= most ? lines : [...lines.slice(0, most - 1), { text: '…', direction: 'ltr' }]
  }

  #widthOf({ text, direction }: Line, style: Style): number {
    const key = `${style.size} ${style.weight} ${direction} ${text}`
    const known = this.#widths.get(key)
    if (known !== undefined) return known
    const width = this.#runs.fromLeft(text, style.weight, direction).reduce((sum, run) => {
      return sum + this.#inFace(run.face.key, run.face.bytes, style.size).widthOfString(run.text, layoutOf(run.text))
    }, 0)
    this.#widths.set(key, width)
    return width
  }

  #draw(lines: readonly Line[], top: number, { left, width, align = 'left' }: Box, style: Style): void {
    lines.forEach((line, index) => {
      let x = align === 'left' ? left : left + width - this.#widthOf(line, style)
      const y = top + heightOf(index, style) + style.size * BASELINE
      for (const { text, face } of this.#runs.fromLeft(line.text, style.weight, line.direction)) {
        const pdf = this.#inFace(face.key, face.bytes, style.size)
        pdf.fillColor(style.colour).text(text, x, y, { ...layoutOf(text), lineBreak: false, baseline: 'alphabetic' })
        x += pdf.widthOfString(text, layoutOf(text))
      }
    })
  }

  #inFace(key: string, bytes: Buffer, size: number): PDFKit.PDFDocument {
    if (!this.#registered.has(key)) this.#pdf.registerFont(key, bytes)
    this.#registered.add(key)
    return this.#pdf.font(key).fontSize(size)
  }
}

export type SheetTable = {
  /** A line; of a label with more than one, the amount stands beside the first. */
  row(label: string, amount: string): void
  /** The same, larger and bold. */
  total(label: string, amount: string): void
  /** A line across, between what is summed and the sum. */
  rule(): void
  end(): void
}

function layoutOf(text: string): typeof AS_ONE_RUN {
  return /\p{Script=Arabic}/u.test(text) ? RIGHT_TO_LEFT_RUN : AS_ONE_RUN
}

function heightOf(lines: number, { size }: Style): number {
  return lines * size * LINE_HEIGHT
}
