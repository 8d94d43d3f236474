import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Suites share a cluster, so an order that depends on earlier runs would hide what one leaves to the next. */
export class ByPath extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => (one.moduleId < other.moduleId ? -1 : 1))
  }
}
