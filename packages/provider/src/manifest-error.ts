/** A provider's manifest contradicts itself: a mistake of the provider's author, shown when the provider is defined. */
export class ManifestError extends Error {
  override readonly name: string = 'ManifestError'
  readonly code = 'InvalidManifest' as const
  readonly problems: readonly string[]

  constructor(provider: string, problems: readonly string[]) {
    super(`The manifest of provider "${provider}" is wrong: ${problems.join('; ')}.`)
    this.problems = problems
  }
}
