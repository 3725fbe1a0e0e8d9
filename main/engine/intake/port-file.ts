/** `<dataDir>/intake.json`: where agents of the same account find the intake. It holds no secret, and still only its owner may read it. */
import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

export const PORT_FILE_NAME = 'intake.json'

/** Written beside and renamed, so that an agent never reads half a file. */
export async function writePortFile(dataDir: string, url: string, pid: number): Promise<void> {
  const path = join(dataDir, PORT_FILE_NAME)
  const beside = `${path}.${randomUUID()}`
  try {
    const file = await open(beside, 'wx', 0o600)
    try {
      await file.writeFile(`${JSON.stringify({ url, pid })}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

/** Removes the file if it is still ours: a newer process may have written its own since. */
export async function removePortFile(dataDir: string, url: string, pid: number): Promise<void> {
  const path = join(dataDir, PORT_FILE_NAME)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch {
    return
  }
  if (text === `${JSON.stringify({ url, pid })}\n`) await rm(path, { force: true })
}
