import type { ImportPreview, ImportProgress, ImportReport } from './import-file.ts'

const BAR_WIDTH = 30
const SHOWN = 20

/** `[#########           ]  45 %  12,345 events` */
export function progressBar({ bytesRead, totalBytes, events }: ImportProgress): string {
  const part = totalBytes === 0 ? 1 : Math.min(1, bytesRead / totalBytes)
  const filled = Math.round(part * BAR_WIDTH)
  const percent = String(Math.floor(part * 100)).padStart(3)
  return `[${'#'.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}] ${percent} %  ${events.toLocaleString('en-US')} events`
}

/** What was loaded, and each refused line by number and reason; a long list is in the file that `allIn` names. */
export function reportLines({ how, accepted, duplicates, refused }: ImportReport, allIn: string | null): string[] {
  const counted = (count: number, one: string, many: string): string => `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
  const loaded =
    accepted + duplicates === 0
      ? `Nothing was imported: ${refused.length === 1 ? 'the only line was' : `all ${counted(refused.length, 'line', 'lines')} were`} refused.`
      : `Imported ${counted(accepted, 'event', 'events')}, ${duplicates.toLocaleString('en-US')} known already, ${counted(refused.length, 'line', 'lines')} refused.`
  const lines = [loaded, `  read as ${how}`]
  for (const { line, reason } of refused.slice(0, SHOWN)) lines.push(`  line ${line}: ${reason}`)
  if (refused.length > SHOWN && allIn !== null) lines.push(`  and ${refused.length - SHOWN} more; all of them are in ${allIn}`)
  return lines
}

/** The first lines of a file as they were understood. */
export function previewLines({ how, lines, more }: ImportPreview): string[] {
  return [
    `Read as ${how}. Nothing is loaded.`,
    ...lines.map((line) => `  line ${line.line}: ${'reason' in line ? `would be refused: ${line.reason}` : `${line.words}  (${line.state})`}`),
    more ? '  and more lines; import the file without --preview to load them all' : '  and no more lines',
  ]
}
