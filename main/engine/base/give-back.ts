/**
 * Gives memory outside of V8's heap back at once. V8 collects it only after every 64 MB: whoever reads or writes 100,000 envelopes would grow
 * the process by more than they take. Nothing may be read from it after this. What shares its memory with others is left alone.
 */
export function giveBack({ buffer, byteLength }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === byteLength) buffer.transfer(0)
}
