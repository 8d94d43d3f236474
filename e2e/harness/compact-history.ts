import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const command = z.array(z.string())
const range = z.object({ header: z.object({ revision: z.string() }) })
const deadline = 10_000

/**
 * Makes the etcd of a control plane forget everything but the present, as its API server does every five minutes: list
 * pages and watches of older versions answer 410 from then on. `folder` is that of the control plane.
 */
export async function compactHistory(folder: string): Promise<void> {
  const argv = command.parse(JSON.parse(await readFile(join(folder, 'kube-apiserver.json'), 'utf8')))
  const flag = '--etcd-servers='
  const etcd = argv.find((argument) => argument.startsWith(flag))?.slice(flag.length)
  if (etcd === undefined) throw new Error(`${folder} holds no control plane with an etcd`)
  const { header } = range.parse(await call(`${etcd}/v3/kv/range`, { key: 'YQ==' }))
  await call(`${etcd}/v3/kv/compaction`, { revision: header.revision, physical: true })
}

async function call(url: string, body: object): Promise<unknown> {
  const signal = AbortSignal.timeout(deadline)
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), signal })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return await response.json()
}
