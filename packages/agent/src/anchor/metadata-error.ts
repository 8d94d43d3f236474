/**
 * `MetadataNotAllowed`: the URL is not one of plain HTTP at a link-local address. `MetadataSilent`: nobody answered in
 * time. `MetadataUnusable`: the answer is no address.
 */
export type MetadataErrorCode = 'MetadataNotAllowed' | 'MetadataSilent' | 'MetadataUnusable'

/** The address that packets are delivered to could not be learnt from the cloud's metadata service. */
export class MetadataError extends Error {
  override readonly name: string = 'MetadataError'
  readonly code: MetadataErrorCode

  constructor(code: MetadataErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
