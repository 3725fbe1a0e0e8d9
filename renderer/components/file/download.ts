/** Hands a text or a picture to the browser as a file. In the desktop window the same click opens the "save as" dialogue. */
export function download(fileName: string, content: BlobPart, type = 'application/json'): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The browser reads the blob after the click returned: freeing it at once would cancel the download.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
