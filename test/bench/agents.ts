import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'

export type AgentJob = { port: number; secret: string; kind: 'single' | 'batch'; connections: number; firstNo: number; total: number; contentText: string }

/** Lets agents of another process write; answers memories a second. */
export async function runAgents(job: AgentJob): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'intake-client.process.js'), JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the agents' process ended with ${String(code)}`)
  return z.object({ perSecond: z.number() }).parse(JSON.parse(text)).perSecond
}
