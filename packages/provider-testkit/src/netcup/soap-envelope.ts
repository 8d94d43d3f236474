import type { EmulatedAnswer } from '../http/emulator.ts'

/** A call of the web service: its operation and the texts of its parameters. */
export interface SoapCall {
  readonly operation: string
  readonly parameters: Readonly<Record<string, string>>
}

const namespace = 'http://enduser.service.web.vcp.netcup.de/'
const contentType = { 'content-type': 'text/xml;charset=utf-8' }
const envelope = 'xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"'

/** Reads a request of the document/literal form; `undefined` when it is none, or of another namespace. */
export function readSoapCall(xml: string): SoapCall | undefined {
  const [, body = ''] = /<(?:[\w-]+:)?Body[^>]*>([\s\S]*)<\/(?:[\w-]+:)?Body>/.exec(xml) ?? []
  const [, operation = '', content = ''] =
    /^\s*<(?:[\w-]+:)?(\w+)[^>]*?(?:\/>|>([\s\S]*)<\/[^>]+>)\s*$/.exec(body) ?? []
  if (operation === '' || !xml.includes(namespace)) return undefined
  const elements = [...content.matchAll(/<(\w+)>([^<]*)<\/\1>/g)]
  return {
    operation,
    parameters: Object.fromEntries(elements.map(([, name = '', text = '']) => [name, unescape(text)])),
  }
}

/** `content`: elements of the response, as XML. */
export function soapAnswer(operation: string, content: string, effect?: string): EmulatedAnswer {
  const response =
    content === ''
      ? `<ns2:${operation}Response xmlns:ns2="${namespace}"/>`
      : `<ns2:${operation}Response xmlns:ns2="${namespace}">${content}</ns2:${operation}Response>`
  return {
    status: 200,
    headers: contentType,
    text: `<S:Envelope ${envelope}><S:Body>${response}</S:Body></S:Envelope>`,
    ...(effect === undefined ? {} : { effect }),
  }
}

export function soapFault(status: number, text: string): EmulatedAnswer {
  const fault =
    `<S:Fault xmlns:ns4="http://www.w3.org/2003/05/soap-envelope"><faultcode>S:Server</faultcode>` +
    `<faultstring>${escape(text)}</faultstring></S:Fault>`
  return {
    status,
    headers: contentType,
    text: `<S:Envelope ${envelope}><S:Body>${fault}</S:Body></S:Envelope>`,
  }
}

export function element(name: string, text: string | number | boolean): string {
  return `<${name}>${escape(String(text))}</${name}>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function unescape(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}
