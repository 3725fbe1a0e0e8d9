/**
 * The papers beside the code, held to what they say: `node build/papers.ts` prints each link and each citation that leads nowhere, and each
 * line that is too long. Papers of others are exempt: Electron's own (`docs/`), and notes, which are no part of the repository.
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { parseSync } from 'vite'

export type PaperProblem = { path: string; line: number; message: string }

const ROOT_PAPER = 'README.md'
const ROOT_PAPER_MAX_LINES = 150
const LINE_MAX_LETTERS = 120

const isPaper = (path: string): boolean => path.endsWith('.md')
const isOfOthers = (path: string): boolean => /^(?:docs|notes)\//.test(path)

/**
 * @param sources text by path from the root: every paper, and the code whose comments are read.
 * @param isThere whether a file or a folder of the repository has this path.
 */
export function checkPapers(sources: ReadonlyMap<string, string>, isThere: (path: string) => boolean): PaperProblem[] {
  const papers = new Map([...sources].filter(([path]) => isPaper(path)).map(([path, text]) => [path, readPaper(text)]))
  const problems: PaperProblem[] = []
  for (const [path, source] of sources) {
    const paper = papers.get(path)
    const cited = paper === undefined ? commentsOf(path, source) : [{ text: withoutTargets(paper.prose), line: 1 }]
    for (const piece of cited) problems.push(...wrongCitations(path, piece, papers))
    if (paper === undefined) continue
    problems.push(...wrongLinks(path, paper, papers, isThere), ...longLines(path, paper))
    if (path === ROOT_PAPER && paper.lines.length > ROOT_PAPER_MAX_LINES)
      problems.push({ path, line: ROOT_PAPER_MAX_LINES + 1, message: `has ${paper.lines.length} lines; ${ROOT_PAPER_MAX_LINES} are the most` })
  }
  return problems
}

/** `lines` as written; `prose` the same without the content of code blocks, letter by letter and line by line in its place. */
type Paper = { lines: string[]; prose: string; headings: ReadonlySet<string>; anchors: ReadonlySet<string> }

function readPaper(text: string): Paper {
  const lines = text.replace(/\n+$/, '').split('\n')
  let isFenced = false
  let isIndented = false
  const prose = lines.map((line, place) => {
    const isFence = /^\s*(?:```|~~~)/.test(line)
    if (isFence) isFenced = !isFenced
    const isBlank = line.trim() === ''
    isIndented = /^ {4}/.test(line) && (isIndented || (lines[place - 1] ?? '').trim() === '')
    return (isFence || isFenced || isIndented) && !isBlank ? ' '.repeat(line.length) : line
  })
  const headings = prose.flatMap((line) => {
    const heading = /^#{1,6}\s+(.+?)\s*#*$/.exec(line)?.[1]
    return heading === undefined ? [] : [plainText(heading)]
  })
  const anchors = new Set<string>()
  for (const heading of headings) {
    const anchor = anchorOf(heading)
    let again = 0
    while (anchors.has(again === 0 ? anchor : `${anchor}-${again}`)) again += 1
    anchors.add(again === 0 ? anchor : `${anchor}-${again}`)
  }
  return { lines, prose: prose.join('\n'), headings: new Set(headings), anchors }
}

function plainText(markdown: string): string {
  return markdown.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '')
}

/** Where links lead is looked at by itself. */
function withoutTargets(markdown: string): string {
  return markdown.replace(/\]\([^)\s]*/g, '](')
}

/** The name under which the site that shows the papers knows a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

type Piece = { text: string; line: number }

/** A file, and the headings that are cited of it, which may stand in the next line of a comment. */
const CITATION = /(?<![\w./@-])((?:[\w.-]+\/)*[\w-][\w.-]*\.md)\b((?:,[\s*]+"[^"]+")*)/g

function wrongCitations(path: string, { text, line }: Piece, papers: ReadonlyMap<string, Paper>): PaperProblem[] {
  const problems: PaperProblem[] = []
  for (const { 1: cited = '', 2: quoted = '', index } of text.matchAll(CITATION)) {
    if (isOfOthers(cited)) continue
    const at = line + lineIn(text, index) - 1
    const paper = papers.get(join(dirname(path), cited)) ?? papers.get(join(cited))
    if (paper === undefined) {
      problems.push({ path, line: at, message: `cites ${cited}, which is not in the repository` })
      continue
    }
    for (const [, words = ''] of quoted.matchAll(/"([^"]+)"/g)) {
      const heading = words.replace(/\s*\n\s*\*?\s*/g, ' ')
      if (!paper.headings.has(heading)) problems.push({ path, line: at, message: `cites “${heading}”, which is no heading of ${cited}` })
    }
  }
  return problems
}

function lineIn(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function wrongLinks(path: string, { prose }: Paper, papers: ReadonlyMap<string, Paper>, isThere: (path: string) => boolean): PaperProblem[] {
  const text = prose.replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length))
  const links = [...text.matchAll(/!?\[[^\]]*\]\(([^)\s]+)[^)]*\)/g), ...text.matchAll(/^ {0,3}\[[^\]]+\]: *(\S+)/gm)]
  return links.flatMap((link): PaperProblem[] => {
    const target = link[1] ?? ''
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return []
    const line = lineIn(text, link.index)
    const [file = '', anchor] = target.split('#')
    const linked = file === '' ? path : join(dirname(path), decodeURIComponent(file)).replace(/\/$/, '')
    if (target.startsWith('/') || !isThere(linked)) return [{ path, line, message: `links to ${target}, where nothing is` }]
    if (anchor === undefined || papers.get(linked)?.anchors.has(anchor) === true) return []
    return [{ path, line, message: `links to ${target}, and there is no such heading` }]
  })
}

/** Tables and code blocks cannot be broken; of a link or a picture its words count, not where it leads. */
function longLines(path: string, { lines, prose }: Paper): PaperProblem[] {
  const shown = prose.split('\n')
  return lines.flatMap((written, place) => {
    const line = shown[place] ?? ''
    const letters = [...line.trimEnd().replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')].length
    if (/^\s*\|/.test(written) || letters <= LINE_MAX_LETTERS) return []
    return [{ path, line: place + 1, message: `has ${letters} letters in this line; ${LINE_MAX_LETTERS} are the most` }]
  })
}

/** The comments of a file that name a paper; those of several lines as one. */
function commentsOf(path: string, source: string): Piece[] {
  // Nearly every file names none, and need not be taken apart.
  if (!source.includes('.md')) return []
  if (!/\.(?:[cm]?[jt]s|tsx)$/.test(path)) {
    const comments = source.matchAll(path.endsWith('.css') ? /\/\*[\s\S]*?\*\//g : /(?:^|\s)(?:--|#) .*(?:\n\s*(?:--|#) .*)*/g)
    return [...comments].map(({ 0: text, index }) => ({ text: text.replace(/\n\s*(?:--|#)/g, '\n'), line: lineIn(source, index) }))
  }
  const pieces: (Piece & { end: number })[] = []
  for (const { value, start, end } of parseSync(path, source).comments) {
    const last = pieces.at(-1)
    if (last !== undefined && /^[ \t]*\n[ \t]*$/.test(source.slice(last.end, start))) {
      last.text += `\n${value}`
      last.end = end
    } else pieces.push({ text: value, line: lineIn(source, start), end })
  }
  return pieces
}

/** Reads the tree under `root` and checks it. */
export function checkTree(root: string): { paperCount: number; problems: PaperProblem[] } {
  const entries = ['*', '{build,findings,main,preload,renderer,shared,test}/**'].flatMap((pattern) =>
    globSync(pattern, { cwd: root, withFileTypes: true, exclude: (entry) => entry.name === 'node_modules' }),
  )
  const rootLength = root.length + 1
  const paths = entries.map((entry) => ({ path: `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').slice(rootLength), isFile: entry.isFile() }))
  const present = new Set(paths.map(({ path }) => path))
  const read = paths.filter(({ path, isFile }) => isFile && /\.(?:md|[cm]?[jt]s|tsx|sql|yaml|css|sh)$/.test(path)).map(({ path }) => path)
  const sources = new Map(read.sort().map((path) => [path, readFileSync(`${root}/${path}`, 'utf8')]))
  return { paperCount: read.filter(isPaper).length, problems: checkPapers(sources, (path) => present.has(path)) }
}

if (import.meta.main) {
  const { paperCount, problems } = checkTree(process.cwd())
  for (const { path, line, message } of problems) console.error(`${path}:${line} ${message}`)
  console.log(problems.length === 0 ? `${paperCount} papers lead where they say` : `${problems.length} places of the papers are wrong`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
