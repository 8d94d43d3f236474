import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repositoryFiles, root } from './repository-files.ts'

/** What the checks read of a package.json. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly version?: string
  readonly description?: string
  readonly keywords?: readonly string[]
  readonly license?: string
  readonly type?: string
  readonly sideEffects?: boolean
  readonly engines?: { readonly node?: string }
  readonly files?: readonly string[]
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean }
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

export interface WorkspacePackage {
  /** Relative to the root; '' is the root itself. */
  readonly folder: string
  readonly manifest: Manifest
}

export function readManifest(path: string): Manifest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file, and every field is optional but `name`
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

/** Every package of the workspace, the root among them. */
export function workspacePackages(): readonly WorkspacePackage[] {
  return repositoryFiles()
    .filter((path) => /^((packages|examples)\/[^/]+\/|e2e\/|bench\/)?package\.json$/.test(path))
    .map((path) => ({
      folder: dirname(path) === '.' ? '' : dirname(path),
      manifest: readManifest(join(root, path)),
    }))
}
