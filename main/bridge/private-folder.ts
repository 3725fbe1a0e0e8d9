import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs'

/** In a folder's name these are a mistake, and libraries beneath us write such a path's files elsewhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/

/** What is wrong with the path of a data folder, in words; null: nothing. */
export function pathProblem(path: string): string | null {
  if (!controlCharacter.test(path)) return null
  return `The path of the data folder has a line break or another control character in it: ${JSON.stringify(path)}. Rename that folder, or name another one with --data.`
}

/** Everything that this program and its children make from now on is for its user alone, whatever the shell allows. */
export function keepNewFilesPrivate(): void {
  process.umask(0o077)
}

/**
 * Makes the data folder, for its owner only. One that is there and that others may look into is closed to them where it belongs to this user.
 *
 * @returns what was changed, in words; null: nothing
 * @throws in words when the folder cannot be had
 */
export function makePrivateFolder(folder: string): string | null {
  refuseControlCharacters(folder)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Error(
      `The data folder ${folder} cannot be made (${codeOf(error)}). Check its rights and that no file has its name, or name another one with --data.`,
    )
  }
  // A link may lead to a folder with another name.
  const real = realpathSync(folder)
  refuseControlCharacters(real)
  if (process.platform === 'win32') return null
  const { mode, uid } = lstatSync(real)
  if ((mode & 0o077) === 0 || uid !== process.getuid?.()) return null
  chmodSync(real, 0o700)
  return `The data folder ${folder} could be read by other users of this computer. Only you can read it now.`
}

function refuseControlCharacters(path: string): void {
  const problem = pathProblem(path)
  if (problem !== null) throw new Error(problem)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
