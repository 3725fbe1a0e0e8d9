/** Writes, moves and compacts until it is killed. Arguments: data folder, rows a round, rounds (0: for ever). Prints what it begins. */
import { join } from 'node:path'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { createEnvelopeStore } from '../../../main/engine/vault/envelopes/envelope-store.ts'
import { createMover } from '../../../main/engine/vault/envelopes/mover.ts'
import { envelopeAt, openChildStage } from './child-stage.ts'

const [dataDir = '', rowsText = '50', roundsText = '0'] = process.argv.slice(2)
const rows = Number(rowsText)
const rounds = Number(roundsText)
const stage = openChildStage(join(dataDir, 'stage.db'))
const store = createEnvelopeStore({ dataDir, clock: systemClock, warn: (text) => console.log(`warning ${text}`) })
const mover = createMover({ stage, store, clock: systemClock, failed: (error) => console.log(`failed ${String(error)}`), roomFor: () => true })

for (let round = 1; rounds === 0 || round <= rounds; round += 1) {
  const first = stage.highest() + 1
  stage.put(Array.from({ length: rows }, (_, index) => envelopeAt(first + index)))
  console.log('moving')
  await mover.flush()
  if (round % 5 === 0) {
    console.log('compacting')
    await store.compact()
  }
}
await store.close()
stage.close()
console.log('finished')
