import { spawn } from 'node:child_process'
import { app } from 'electron'
import { childEnvironment } from '../../bridge/child-environment.ts'

/** Set by the runtime of an AppImage for one start: they name a folder that goes away with it. */
const ofTheMount = ['APPIMAGE', 'APPDIR', 'ARGV0', 'OWD', 'LD_LIBRARY_PATH', 'GSETTINGS_SCHEMA_DIR']

/** What asked for the start that ends now is not asked for again: a link, and a window that waits in the tray. */
export function argumentsAgain(args: readonly string[]): string[] {
  return args.filter((argument) => argument !== '--hidden' && !argument.startsWith('tidemark:'))
}

/**
 * Prepares the start that follows the end of this program. Electron's own way waits inside the mount of an AppImage, which goes away with this
 * program (electron: shell/browser/relauncher_linux.cc; electron-builder #1727): there the system's shell waits, and starts the AppImage itself.
 *
 * @param program the AppImage to start; by default the one that runs
 */
export function startAgain(program: string | undefined = process.env.APPIMAGE): void {
  const args = argumentsAgain(process.argv.slice(1))
  if (process.platform !== 'linux' || program === undefined) return app.relaunch({ args })
  const env = Object.fromEntries(Object.entries(childEnvironment()).filter(([name]) => !ofTheMount.includes(name)))
  const [command, ...words] = waitAndStart(process.pid, program, args)
  spawn(command, words, { detached: true, stdio: 'ignore', env, cwd: '/' }).unref()
}

/** Given as arguments and not written into the script: a path may hold anything. */
export function waitAndStart(pid: number, program: string, args: readonly string[]): [command: string, ...args: string[]] {
  return ['/bin/sh', '-c', 'pid=$1; shift; while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done; exec "$@"', 'sh', String(pid), program, ...args]
}
