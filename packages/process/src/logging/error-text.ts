/** One line about anything that was thrown, with its causes, without a stack. */
export function errorText(error: unknown): string {
  const parts: string[] = []
  let current = error
  for (let depth = 0; current !== undefined && depth < maximumCauses; depth++) {
    const text = current instanceof Error ? current.message : `something that is no error (${typeof current})`
    if (!parts.some((part) => part.includes(text))) parts.push(text)
    current = current instanceof Error ? current.cause : undefined
  }
  return parts.map((part, index) => (index < parts.length - 1 ? part.replace(/\.$/, '') : part)).join(': ')
}

const maximumCauses = 5
