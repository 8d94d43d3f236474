import type { ReadStream, WriteStream } from 'node:tty'

import type { TerminalOutput } from './screen-block.ts'

/** A terminal that hands over keys one by one. */
export interface Terminal {
  readonly output: TerminalOutput
  /** Takes the keyboard over; the returned function gives it back. */
  onKey(handler: (key: string) => void): () => void
  onResize(handler: () => void): () => void
}

export function createTerminal(input: ReadStream, output: WriteStream): Terminal {
  return {
    output,
    onKey: (handler) => {
      const onData = (data: Buffer): void => {
        const text = data.toString()
        // Arrow keys and the like: their digits are none of ours.
        if (text.startsWith('\u001B')) return
        for (const key of text) handler(key)
      }
      input.setRawMode(true)
      input.on('data', onData)
      input.resume()
      return () => {
        input.off('data', onData)
        input.setRawMode(false)
        input.pause()
      }
    },
    onResize: (handler) => {
      output.on('resize', handler)
      return () => output.off('resize', handler)
    },
  }
}
