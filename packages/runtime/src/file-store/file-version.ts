import type { BigIntStats } from 'node:fs'

/** Tells one writing of a file from another: each writes a file of its own and gives it the name. */
export type FileVersion = string

export function fileVersion({ ino, mtimeNs }: BigIntStats): FileVersion {
  return `${ino}@${mtimeNs}`
}
