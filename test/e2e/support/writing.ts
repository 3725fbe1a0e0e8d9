import { z } from 'zod'
import type { Agent } from './agent.ts'

/** What one write put where: the intake's own words about it, and the bytes that were sent. */
export type Written = { subKeyId: string; memoryId: string; revision: number; envelopeId: string; contentType: string; bytes: Buffer }

/** Revisions of one memory, to be written in this order. */
export type Memory = { id: string; contents: readonly Buffer[] }

const CONTENT_TYPE = 'text/plain; charset=utf-8'
const WRITERS = 4

/**
 * One agent writes all of these over HTTP, a few at a time, the revisions of a memory one after the other: each only when the one before was
 * acknowledged. Revisions of a memory are spread over its writer's whole run. @throws when any write is answered by something else than 201.
 */
export async function writeMemories(agent: Agent, memories: readonly Memory[]): Promise<Written[]> {
  const writers = Array.from({ length: WRITERS }, (_, number) => memories.filter((__, index) => index % WRITERS === number))
  const written = await Promise.all(writers.map((share) => writeInTurn(agent, share)))
  return written.flat()
}

async function writeInTurn(agent: Agent, memories: readonly Memory[]): Promise<Written[]> {
  const written: Written[] = []
  // Where in the run (0 to 1) each write has its place.
  const writes = memories
    .flatMap(({ id, contents }, index) =>
      contents.map((bytes, revision) => ({ id, bytes, place: contents.length === 1 ? index / memories.length : revision / contents.length })),
    )
    .sort((left, right) => left.place - right.place)
  for (const { id, bytes } of writes) written.push(await write(agent, id, bytes))
  return written
}

/** @throws when it is answered by something else than 201. */
export async function write(agent: Agent, memoryId: string, bytes: Buffer): Promise<Written> {
  const answer = await agent.write(memoryId, bytes, CONTENT_TYPE)
  if (answer.status !== 201) throw new Error(`The intake answered ${answer.status} ${answer.code ?? ''} to a write of ${bytes.length} bytes`)
  const { envelope_id: envelopeId, revision } = z.looseObject({ envelope_id: z.string(), revision: z.int() }).parse(JSON.parse(answer.body.toString('utf8')))
  return { subKeyId: agent.subKeyId, memoryId, revision, envelopeId, contentType: CONTENT_TYPE, bytes }
}
