import { createPublicKey, verify } from 'node:crypto'
import { z } from 'zod'

/** Above it something else than a list of files is sent. */
const longestManifest = 256 * 1024

const fileSchema = z.looseObject({
  /** A file name beside the manifest: an address of its own could lead anywhere. */
  url: z.string().regex(/^[\w][\w .+-]{0,199}$/),
  /** SHA-512, base64. */
  sha512: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
  size: z.int().positive().optional(),
})
const noteSchema = z.looseObject({ version: z.string(), note: z.string().nullable() })
const manifestSchema = z.looseObject({
  version: z.string().regex(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/),
  files: z.array(fileSchema).min(1).max(20),
  path: z.string().optional(),
  sha512: z.string().optional(),
  releaseDate: z.string().default(''),
  releaseNotes: z.union([z.string(), z.array(noteSchema)]).nullish(),
  /** How many of a hundred computers get it. */
  stagingPercentage: z.number().min(0).max(100).optional(),
})
export type SignedManifest = z.infer<typeof manifestSchema>

/** The update server said something that the console does not believe. */
export class UpdateRefused extends Error {
  override readonly name = 'UpdateRefused'
}

/** @throws UpdateRefused unless the text, byte by byte, was signed with the key that belongs to `publicKey` (Ed25519, SPKI in DER, base64) */
export function verifySignature(text: string, signature: string, publicKey: string): void {
  if (text.length > longestManifest) throw new UpdateRefused('The list of versions is larger than any list can be.')
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  if (key.asymmetricKeyType !== 'ed25519' || !verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature.trim(), 'base64')))
    throw new UpdateRefused('The list of versions is not signed by the makers of this program.')
}

/** @throws UpdateRefused when it is not a manifest */
export function readManifest(value: unknown): SignedManifest {
  const parsed = manifestSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new UpdateRefused(`The list of versions cannot be read at ${parsed.error.issues[0]?.path.join('.') ?? 'its beginning'}.`)
}
