import type { KubernetesObject } from '../kubernetes-object.ts'

/** One column of `kubectl get`. */
export interface TableColumn {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: string
  readonly description?: string
  /** 0 is always shown, anything above only with `-o wide`. */
  readonly priority?: number
  /** `now` in milliseconds since the Unix epoch, for ages. */
  readonly cell: (object: KubernetesObject, now: number) => string | number | boolean | null
}
