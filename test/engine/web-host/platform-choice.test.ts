import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const platformUrl = 'http://127.0.0.1:9'

/** Runs the choice in a process of its own, with this environment and this on its standard input; answers what it prints. */
async function choose(options: {
  token?: string
  input?: string
  hasStandardInput?: boolean
}): Promise<{ firstWorkspaces: unknown; leftInEnvironment: boolean; said: string }> {
  const program = `import { choosePlatform } from ${JSON.stringify(join(process.cwd(), 'main/bridge/platform-choice.ts'))}
    const said = []
    const platform = await choosePlatform({
      options: { host: 'web', port: 0, dataDir: '/nowhere', platformUrl: ${JSON.stringify(platformUrl)}, openBrowser: false },
      fork: () => { throw new Error('the sandbox was started') },
      report: (line) => said.push(line),
      hasStandardInput: ${options.hasStandardInput ?? true},
    })
    console.log(JSON.stringify({ ...platform, leftInEnvironment: 'TIDEMARK_TOKEN' in process.env, said: said.join() }))`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...(options.token === undefined ? {} : { TIDEMARK_TOKEN: options.token }) },
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  child.stdin.end(options.input ?? '')
  await once(child, 'close')
  return JSON.parse(output)
}

describe('the token of a platform', () => {
  test('comes from the environment, and no child process inherits it', async () => {
    expect(await choose({ token: 'from-environment' })).toEqual({
      description: platformUrl,
      firstWorkspaces: [{ url: platformUrl, token: 'from-environment' }],
      trustedLoopbackOrigins: [platformUrl],
      leftInEnvironment: false,
      said: '',
    })
  })

  test('or from one line of standard input', async () => {
    const { firstWorkspaces, said } = await choose({ input: ' from-input \nsecond line\n' })
    expect(firstWorkspaces).toEqual([{ url: platformUrl, token: 'from-input' }])
    expect(said).not.toContain('from-input')
  })

  test('or is not given, because the platform is known already', async () => {
    expect((await choose({ input: '' })).firstWorkspaces).toEqual([])
    expect((await choose({ input: '\n' })).firstWorkspaces).toEqual([])
  })

  test('is not asked for where there is no standard input: a person is told of the other two ways', async () => {
    const { firstWorkspaces, said } = await choose({ input: 'never read\n', hasStandardInput: false })
    expect(firstWorkspaces).toEqual([])
    expect(said).toBe(`The token for ${platformUrl} comes from TIDEMARK_TOKEN, or from the window: Settings, Add a workspace.`)
  })
})
