import { calls } from '../shared/contract/console.ts'

/**
 * The text of `shared/generated/reads-by-topic.ts`: the topics of the reads, turned round. Generated, because the window needs names alone at its
 * start; with the contract it would load every schema before its first page.
 */
export function generatedReads(): string {
  const readsByTopic = new Map<string, string[]>()
  for (const [name, call] of Object.entries(calls)) {
    if (call.kind !== 'read') continue
    for (const topic of new Set(call.topics)) readsByTopic.set(topic, [...(readsByTopic.get(topic) ?? []), name])
  }
  const entries = [...readsByTopic]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([topic, names]) => `  ${topic}: [\n${names.map((name) => `    '${name}',\n`).join('')}  ],\n`)
  return `// Generated from the topics of the reads in shared/contract by \`npm run generate\`. Never edit: change the contract and run it again.
import type { ReadName } from '../contract/console.ts'
import type { Topic } from '../contract/topics.ts'

/** The reads that show a topic. A topic that no read shows is missing here, and does not compile. */
export const readsByTopic: Readonly<Record<Topic, readonly ReadName[]>> = {
${entries.join('')}}
`
}
