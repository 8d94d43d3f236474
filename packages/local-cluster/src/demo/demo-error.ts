/** The demo did not show what it is there to show. The message is the reason, one sentence. */
export class DemoError extends Error {
  override readonly name = 'DemoError'
  readonly code = 'DEMO_FAILED'
}
