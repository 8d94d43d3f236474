import { request } from 'node:http'
import { canonicalAddress, isWithin } from '../network/address-text.ts'
import { MetadataError } from './metadata-error.ts'

/** The address that a URL tells. Rejects with a `MetadataError`, or the signal's reason. */
export type AskMetadata = (url: string, options: { readonly signal: AbortSignal }) => Promise<string>

export interface AskMetadataOptions {
  /** Hosts that may be asked. Default: link-local addresses. A plan may come from anybody's provider. */
  readonly allows?: (host: string) => boolean
}

const deadlineMilliseconds = 2000
/** An address has 45 characters at most. */
const answerLimit = 64

export function createAskMetadata({ allows = isLinkLocal }: AskMetadataOptions = {}): AskMetadata {
  return async (url, { signal }) => {
    const parsed = URL.canParse(url) ? new URL(url) : undefined
    const host = parsed?.hostname.replace(/^\[|\]$/g, '') ?? ''
    if (parsed?.protocol !== 'http:' || parsed.username !== '' || !allows(host)) {
      const message = `"${url}" is not asked: a plan's metadataUrl must be plain HTTP at a link-local address.`
      throw new MetadataError('MetadataNotAllowed', message)
    }
    const text = await get(parsed, signal)
    const address = canonicalAddress(text.trim())
    if (address === undefined) throw unusable(url, `"${text.trim().slice(0, answerLimit)}"`)
    return address
  }
}

function isLinkLocal(host: string): boolean {
  if (canonicalAddress(host) === undefined) return false
  return isWithin(host, host.includes(':') ? 'fe80::/10' : '169.254.0.0/16')
}

const unusable = (url: string, what: string): MetadataError =>
  new MetadataError('MetadataUnusable', `${url} answers with ${what}, which is no address: this node cannot serve.`)

/** No redirect is followed, and no proxy is asked: both would leave the link. */
async function get(url: URL, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  const deadline = AbortSignal.timeout(deadlineMilliseconds)
  const either = AbortSignal.any([signal, deadline])
  return await new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      if (signal.aborted) reject(signal.reason)
      else if (cause instanceof MetadataError) reject(cause)
      else
        reject(
          new MetadataError('MetadataSilent', `${url.href} does not answer: is this a server of the cloud?`, cause),
        )
    }
    const sent = request(url, { agent: false, signal: either, headers: { 'user-agent': 'failover-ip' } })
    sent.on('error', fail)
    sent.on('response', (answer) => {
      let text = ''
      answer.setEncoding('latin1')
      answer.on('error', fail)
      answer.on('data', (part: string) => {
        text += part
        if (text.length > answerLimit) sent.destroy(unusable(url.href, 'something longer'))
      })
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(text)
        else fail(unusable(url.href, `status ${answer.statusCode ?? 'none'}`))
      })
      // An answer that breaks off ends without `end`; of one that has ended this says nothing new.
      answer.on('close', () => fail(new Error('the answer broke off')))
    })
    sent.end()
  })
}
