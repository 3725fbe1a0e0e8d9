/** What is said when another data folder has run as this device. `rebuilt`: outbox.db was put back from this folder's own copies. */
export function forkWords({ workspace, rebuilt, queuedCount }: { workspace: string; rebuilt: boolean; queuedCount: number }): string {
  const why = rebuilt
    ? `outbox.db of this data folder was put back from an older copy, so ${workspace} has seen later starts of this device than it remembers.`
    : `Another data folder has run as this device in ${workspace}: this one was copied, or put back from a backup.`
  const queue =
    queuedCount === 0
      ? ''
      : ` ${queuedCount === 1 ? 'One undelivered write keeps its id and leaves' : `${queuedCount.toLocaleString('en-US')} undelivered writes keep their ids and leave`} from it.`
  return `${why} From now on it is a device of its own.${queue} Later versions of its memories are being taken over; nothing is lost and nothing is hidden.`
}

/** What a restore or a taking over brought; null: nothing that has to be said. */
export function adoptedWords({ added, readable }: { added: number; readable: number }, takesOver: boolean): string | null {
  const taken =
    takesOver && added > 0 ? `${added.toLocaleString('en-US')} ${added === 1 ? 'version was' : 'versions were'} taken over from the platform.` : null
  const back =
    readable === 0
      ? null
      : `${readable === 1 ? 'A memory that was deleted on this computer is' : `${readable.toLocaleString('en-US')} memories that were deleted on this computer are`} readable again: another computer wrote ${readable === 1 ? 'it' : 'them'} later, perhaps without knowing of the delete.`
  const words = [taken, back].filter((text) => text !== null).join(' ')
  return words === '' ? null : words
}
