/** `<dataDir>/intake.json`: where agents of the same account find the intake. It holds no secret, and still only its owner may read it. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../../bridge/atomic-file.ts'

export const PORT_FILE_NAME = 'intake.json'

export type PortFile = {
  url: string
  pid: number
  /** Where the door was before: another program is there now. */
  previous_url?: string
}

/** Written beside and renamed, so that an agent never reads half a file. */
export function writePortFile(dataDir: string, content: PortFile): void {
  replaceFile(join(dataDir, PORT_FILE_NAME), textOf(content))
}

/** Removes the file if it is still ours: a newer process may have written its own since. */
export function removePortFile(dataDir: string, content: PortFile): void {
  const path = join(dataDir, PORT_FILE_NAME)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return
  }
  if (text === textOf(content)) rmSync(path, { force: true })
}

/** One that a killed process left names a dead door, and would go on doing so when this start fails. Nobody else holds the folder. */
export function removeStalePortFile(dataDir: string): void {
  rmSync(join(dataDir, PORT_FILE_NAME), { force: true })
}

function textOf(content: PortFile): string {
  return `${JSON.stringify(content)}\n`
}
