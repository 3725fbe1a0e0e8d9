type Stream = Pick<NodeJS.WriteStream, 'on' | 'write'>

const closed = new WeakSet<Stream>()

/**
 * A terminal or a pipe goes away while the program runs on. Without a listener each failed write would be an unexpected failure of the program,
 * and saying so would fail in the same way, for ever. Called before anything is said.
 */
export function hearStandardStreams(streams: readonly Stream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) stream.on('error', () => void closed.add(stream))
}

/** One line, for whoever still listens. */
export function sayLine(line: string, stream: Stream = process.stdout): void {
  if (!closed.has(stream)) stream.write(`${line}\n`)
}
