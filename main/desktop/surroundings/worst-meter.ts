/** One meter of one workspace, as the tray needs it. */
export type MeterReading = {
  workspaceId: string
  workspaceName: string
  name: string
  /** 100 × used / limit, not capped; null: unlimited or not known. */
  percent: number | null
  level: 'normal' | 'green' | 'amber' | 'red' | 'over' | null
}

export type TrayTone = 'calm' | 'amber' | 'red' | 'unknown'
export type TrayView = {
  tone: TrayTone
  /** 0 to 100, whole: the icon is drawn anew only when it changes. */
  percent: number
  tooltip: string
  /** The fullest meters, worst first. */
  lines: { text: string; workspaceId: string }[]
}

const mostLines = 5
const rank = { normal: 0, green: 0, amber: 1, red: 2, over: 3 } as const

/** What the tray shows of all workspaces: the worst meter, by level first (a platform's own words), then by how full it is. */
export function trayViewOf(readings: readonly MeterReading[], heldCount: number): TrayView {
  const ranked = readings
    .filter(({ percent }) => percent !== null)
    .sort((left, right) => rankOf(right) - rankOf(left) || (right.percent ?? 0) - (left.percent ?? 0))
  const [worst] = ranked
  const several = new Set(readings.map(({ workspaceId }) => workspaceId)).size > 1
  const held = heldCount === 0 ? '' : `, ${heldCount.toLocaleString('en')} held`
  if (worst === undefined) return { tone: 'unknown', percent: 0, tooltip: `Tidemark${held}`, lines: [] }
  const describe = ({ name, percent, workspaceName }: MeterReading): string =>
    `${name} ${Math.round(percent ?? 0).toLocaleString('en')} %${several ? ` (${workspaceName})` : ''}`
  return {
    tone: worst.level === 'over' || worst.level === 'red' ? 'red' : worst.level === 'amber' ? 'amber' : 'calm',
    percent: Math.max(0, Math.min(100, Math.round(worst.percent ?? 0))),
    tooltip: `Tidemark: ${describe(worst)}${held}`,
    lines: ranked.slice(0, mostLines).map((reading) => ({ text: describe(reading), workspaceId: reading.workspaceId })),
  }
}

function rankOf({ level }: MeterReading): number {
  return level === null ? 0 : rank[level]
}
