/**
 * `ProbeKeyFileMissing`: there is no folder, or no file `current` in it. `ProbeKeyFileUnreadable`: the file system refuses.
 * `ProbeKeyFileTooLong`: what is there is no key. `ProbeKeyFilesInvalid`: the keys cannot be used; the cause is a `ProbeKeyError`.
 */
export type ProbeKeyFileErrorCode =
  | 'ProbeKeyFileMissing'
  | 'ProbeKeyFileUnreadable'
  | 'ProbeKeyFileTooLong'
  | 'ProbeKeyFilesInvalid'

/** The keys of the probes cannot be had from their files. The message says what to do, and nothing of a key. */
export class ProbeKeyFileError extends Error {
  override readonly name: string = 'ProbeKeyFileError'
  readonly code: ProbeKeyFileErrorCode
  readonly path: string

  constructor(code: ProbeKeyFileErrorCode, path: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.path = path
  }
}
