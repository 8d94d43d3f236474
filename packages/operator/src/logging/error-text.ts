/** One line about anything that was thrown, with its causes, without a stack. */
export function errorText(error: unknown): string {
  const parts: string[] = []
  for (let current: unknown = error; current !== undefined && parts.length < maximumCauses;) {
    const text = current instanceof Error ? current.message : String(current)
    if (!parts.some((part) => part.includes(text))) parts.push(text)
    current = current instanceof Error ? current.cause : undefined
  }
  return parts.join(': ')
}

const maximumCauses = 5
