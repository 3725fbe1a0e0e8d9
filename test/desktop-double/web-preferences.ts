import type { WebPreferences } from 'electron'

/** Electron's own defaults. */
const safe = {
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  contextIsolation: true,
  sandbox: true,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
} satisfies WebPreferences

/**
 * The stand-in has Electron's secure defaults and nothing weaker: a window that asks for less is an error, not a silent difference.
 *
 * @throws with the name of the preference
 */
export function checkPreferences(asked: WebPreferences): WebPreferences {
  for (const [name, value] of Object.entries(safe) as [keyof typeof safe, boolean][]) {
    if (asked[name] !== undefined && asked[name] !== value)
      throw new Error(`electron double: webPreferences.${name} = ${asked[name]} is not safe, and not here`)
  }
  for (const name of ['enableBlinkFeatures', 'session', 'partition'] as const) {
    if (asked[name] !== undefined) throw new Error(`electron double: webPreferences.${name} is not here`)
  }
  return { ...safe, ...asked }
}
