/** The API server drops fields of a status that it does not know: its custom resource definitions are older than the operator. */
export class StatusPrunedError extends Error {
  override readonly name = 'StatusPrunedError'
  readonly code = 'STATUS_PRUNED'

  constructor() {
    super(
      'The API server keeps only a part of the status of FailoverIPs: its custom resource definitions are older than this operator. Apply those that --print-crds prints.',
    )
  }
}
