const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const

type Operation = { operationId?: string; security?: unknown }
type Described = { paths?: Record<string, Partial<Record<(typeof METHODS)[number], Operation>> | undefined> | undefined }

/**
 * Gives every operation a name, made of what it does to what (`GET /v1/devices/{id}` is `getV1DevicesId`), so that no route needs to think
 * of one and none has another's; and says of each that asks for no token that it asks for none. Changes the document that it is given.
 */
export function nameOperations<Document extends Described>(document: Document): Document {
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = methods?.[method]
      if (operation === undefined) continue
      operation.operationId ??= `${method}${wordsOf(path).map(capitalised).join('')}`
      operation.security ??= []
    }
  }
  return document
}

function wordsOf(path: string): string[] {
  return path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`
}
