type Environment = Record<string, string | undefined>

/**
 * What would make another program of ours something else: Electron started with `ELECTRON_RUN_AS_NODE` is a plain Node, as in the terminal of
 * an editor that is itself made with Electron; `NODE_OPTIONS` loads code or opens a debugger.
 */
const notHandedOn = ['ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS']

/** The environment for a program that we start. */
export function childEnvironment(env: Environment = process.env): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !notHandedOn.includes(name.toUpperCase())))
}
