import { z } from 'zod'
import { familyOf } from './address-text.ts'
import type { Translation, TranslationTable } from './network-state.ts'
import { translationTable } from './our-mark.ts'

/**
 * Translation by rewriting each packet, not by the kernel's NAT: a connection has room for one translation of its
 * destination, and kube-proxy needs it to find the Service's pod. So the address is put in before connections are
 * tracked (raw), and taken out after everything else; only where packets enter and leave by the device that has `from`,
 * so that pods of this node which dial the address are not touched.
 */
const families = [
  { suffix: 'ipv4', type: 'ipv4_addr', protocol: 'ip' },
  { suffix: 'ipv6', type: 'ipv6_addr', protocol: 'ip6' },
] as const

/** A script for `nft -f` that replaces the whole table in one transaction. Without translations there is no table. */
export function translationScript(translations: readonly Translation[]): string {
  // A table that is not there cannot be deleted, but one that is there can be added.
  const clear = `table inet ${translationTable} {}\ndelete table inet ${translationTable}\n`
  if (translations.length === 0) return clear
  const maps = families.flatMap(({ suffix, type }) => {
    const ofFamily = translations.filter(({ from }) => familyOf(from) === suffix)
    return [
      map(
        `inward_${suffix}`,
        type,
        ofFamily.map(({ device, from, to }) => `"${device}" . ${from} : ${to}`),
      ),
      map(
        `outward_${suffix}`,
        type,
        ofFamily.map(({ device, from, to }) => `"${device}" . ${to} : ${from}`),
      ),
    ]
  })
  const inward = families.map(
    ({ suffix, protocol: ip }) => `${ip} daddr set iifname . ${ip} daddr map @inward_${suffix};`,
  )
  const outward = families.map(
    ({ suffix, protocol: ip }) => `${ip} saddr set oifname . ${ip} saddr map @outward_${suffix};`,
  )
  return [
    `${clear}table inet ${translationTable} {`,
    ...maps,
    `chain prerouting { type filter hook prerouting priority raw;`,
    ...inward,
    '}',
    `chain postrouting { type filter hook postrouting priority 300;`,
    ...outward,
    '}',
    '}\n',
  ].join('\n')
}

function map(name: string, type: string, elements: readonly string[]): string {
  const contents = elements.length === 0 ? '' : `elements = { ${elements.join(', ')} }`
  return `map ${name} { type ifname . ${type} : ${type}; ${contents} }`
}

const chainShape = z.object({ chain: z.object({ hook: z.string(), prio: z.number() }) })
const ruleShape = z.object({ rule: z.object({ chain: z.string() }) })
const mapShape = z.object({
  map: z.object({
    name: z.string(),
    elem: z.array(z.tuple([z.object({ concat: z.tuple([z.string(), z.string()]) }), z.string()])).default([]),
  }),
})

/** The answer of `nft -j list table` about the table. */
export function parseTranslations(answer: unknown): TranslationTable {
  const { nftables } = z.object({ nftables: z.array(z.unknown()) }).parse(answer)
  const maps = nftables.flatMap((item) => mapShape.safeParse(item).data?.map ?? [])
  const pairs = (direction: string): readonly (readonly [device: string, key: string, value: string])[] =>
    maps
      .filter(({ name }) => name.startsWith(`${direction}_`))
      .flatMap(({ elem }) => elem.map(([{ concat }, value]) => [concat[0], concat[1], value] as const))
  const entries = pairs('inward').map(([device, from, to]): Translation => ({ device, from, to }))
  const outward = new Set(pairs('outward').map((pair) => pair.join(' ')))
  const chains = nftables.flatMap((item) => chainShape.safeParse(item).data?.chain ?? [])
  const rules = nftables.flatMap((item) => ruleShape.safeParse(item).data?.rule.chain ?? [])
  const isHooked = (hook: string, priority: number): boolean =>
    chains.some((chain) => chain.hook === hook && chain.prio === priority) &&
    rules.filter((chain) => chain === hook).length === families.length
  return {
    kind: 'present',
    entries,
    intact:
      isHooked('prerouting', -300) &&
      isHooked('postrouting', 300) &&
      outward.size === entries.length &&
      entries.every(({ device, from, to }) => outward.has([device, to, from].join(' '))),
  }
}
