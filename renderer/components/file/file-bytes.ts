/** A file as it crosses the bridge, as bytes. */
export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  const text = window.atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index)
  return bytes
}
