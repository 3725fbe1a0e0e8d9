import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { Script } from 'node:vm'
import { makeCodec } from './page/codec.ts'
import { makeContextBridge } from './page/context-bridge.ts'
import { isolatedWorld, type IsolatedWorldInput } from './page/isolated-world.ts'
import { mainWorld, type MainWorldInput } from './page/main-world.ts'
import { customSchemes, mappedSuffix } from './urls.ts'

/** Random, so that a page cannot guess what it would have to call or listen to. */
const secret = randomBytes(8).toString('hex')
export const bindingName = `post_${secret}`
export const takeName = `take_${secret}`
const hello = `hello-${secret}`

export function mainWorldScript(): string {
  const input: MainWorldInput = { hello, schemes: [...customSchemes.keys()], mappedSuffix }
  return `(${mainWorld})(${JSON.stringify(input)}, ${makeContextBridge})`
}

export function isolatedWorldScript(preload: string | null, additionalArguments: string[]): string {
  const input: IsolatedWorldInput = { hello, bindingName, takeName, platform: process.platform, additionalArguments }
  return `(${isolatedWorld})(${JSON.stringify(input)}, ${makeContextBridge}, (${makeCodec})(), ${preload ?? 'null'})`
}

/**
 * The preload as the function that Electron makes of it.
 *
 * @throws when it cannot be read, or is not a script: an ES module fails here as it does in a sandboxed preload
 */
export function readPreload(path: string): string {
  if (!isAbsolute(path)) throw new Error(`preload script must have absolute path: ${path}`)
  const script = `function (require, process, Buffer, global, setImmediate, clearImmediate, exports, module) {\n${readFileSync(path, 'utf8')}\n}`
  new Script(`(${script})`, { filename: path })
  return script
}
