import type { ResourceDefinition } from './resource-definition.ts'

/** The kinds that are served now. Custom kinds may come and go while the server runs. */
export interface ResourceRegistry {
  all(): readonly ResourceDefinition[]
  find(group: string, version: string, plural: string): ResourceDefinition | undefined
  add(definition: ResourceDefinition): void
  remove(group: string, plural: string): void
}

export function createResourceRegistry(definitions: readonly ResourceDefinition[]): ResourceRegistry {
  let served = [...definitions]
  const remove = (group: string, plural: string): void => {
    served = served.filter((definition) => definition.group !== group || definition.plural !== plural)
  }
  return {
    all: () => served,
    find: (group, version, plural) =>
      served.find((one) => one.group === group && one.version === version && one.plural === plural),
    add: (definition) => {
      remove(definition.group, definition.plural)
      served.push(definition)
    },
    remove,
  }
}
