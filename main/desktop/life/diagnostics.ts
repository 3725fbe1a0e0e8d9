export type DiagnosticFacts = {
  version: string
  at: Date
  /** Name → version, of the program's parts. */
  parts: Record<string, string>
  system: string
  /** The end of the log. */
  log: readonly string[]
  /** The person's folder and name, which must not leave with the text. */
  home: string
  userName: string
}

/** A text that a person can hand on: what runs here, and what it said last. Whatever looks like a secret is blacked out once more. */
export function describeForSupport({ version, at, parts, system, log, home, userName }: DiagnosticFacts): string {
  const lines = [
    `Tidemark ${version}`,
    `Written   ${at.toISOString()}`,
    `System    ${system}`,
    `Parts     ${Object.entries(parts)
      .map(([name, partVersion]) => `${name} ${partVersion}`)
      .join(', ')}`,
    '',
    `Log (the last ${log.length} lines)`,
    ...log,
  ]
  return `${lines.map((line) => withoutSecrets(line, home, userName)).join('\n')}\n`
}

/** The log holds no secret to begin with; this is for the line that somebody will write one day. */
export function withoutSecrets(line: string, home: string, userName: string): string {
  return (
    line
      .replaceAll(home === '' ? '\0' : home, '~')
      .replaceAll(userName.length < 3 ? '\0' : userName, '(user)')
      .replace(/\b(bearer|token|secret|passphrase|password|authorization|cookie)\b(["']?\s*[:=]?\s*["']?)[^\s"',;]+/gi, '$1$2(removed)')
      // Keys and tokens are long runs of letters and digits, with digits among them; an id with its hyphens is not one, and is needed.
      .replace(/[A-Za-z0-9+/_]{24,}={0,2}/g, (run) => (/\d/.test(run) || run.endsWith('=') ? '(removed)' : run))
      .replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, '(address)')
  )
}
