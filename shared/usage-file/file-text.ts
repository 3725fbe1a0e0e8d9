import { UnreadableFile } from './records.ts'

/** The text of a file piece by piece: UTF-8, or UTF-16 with its mark, as spreadsheets save "Unicode text". @throws UnreadableFile for any other. */
export async function* fileText(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? (decoder?.decode() ?? '') : (decoder?.decode(bytes, { stream: true }) ?? '')
    } catch {
      throw new UnreadableFile('there are letters that are not UTF-8; save the file as UTF-8')
    }
  }
  for await (const piece of pieces) {
    decoder ??= new TextDecoder(encodingOf(piece), { fatal: true })
    yield decode(piece)
  }
  yield decode()
}

function encodingOf([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | 'utf-8' {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}
